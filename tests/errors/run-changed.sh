image
tar_of firmware.tar file:a
change() { tar_of firmware.tar file:b; }
jkr() { when_started change "$@"; }
