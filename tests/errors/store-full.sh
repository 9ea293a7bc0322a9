mkdir store
export JKR_STORE=$PWD/store
head -c 1000000 /dev/urandom >firmware.bin
tar -cf firmware.tar firmware.bin
jkr() { with_tmpfs 500k store "$@"; }
