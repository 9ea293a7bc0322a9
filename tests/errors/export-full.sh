mkdir out
mkdir -p firmware/dir
head -c 1000000 /dev/urandom >firmware/dir/a.bin
tar -cf firmware.tar firmware
jkr() { with_tmpfs 500k out "$@"; }
