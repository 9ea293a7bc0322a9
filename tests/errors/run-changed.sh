image
tar_of firmware.tar file:a
tar_of next.tar file:b
change() { mv next.tar firmware.tar; }
jkr() { when_started change "$@"; }
