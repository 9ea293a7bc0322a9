image
mkdir empty
PATH=$PWD/empty
