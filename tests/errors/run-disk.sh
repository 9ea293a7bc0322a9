image
mkdir store
export JKR_STORE=$PWD/store
jkr() { with_tmpfs 60m store "$@"; }
