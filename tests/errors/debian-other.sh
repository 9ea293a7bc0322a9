cp "$top"/examples/files/greeting/* .
printf x | dd of=greeting_1.0.orig.tar.xz conv=notrunc bs=1 seek=100 status=none
