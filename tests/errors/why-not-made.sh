export JKR_STORE=$PWD/store
mkdir linux
touch linux/Makefile
image
