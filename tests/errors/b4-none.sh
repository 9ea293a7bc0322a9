mkdir empty
PATH=$PWD/empty
