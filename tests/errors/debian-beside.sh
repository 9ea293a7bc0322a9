cp "$top"/examples/files/greeting/* .
rm greeting_1.0.orig.tar.xz
