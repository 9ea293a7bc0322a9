cp "$top"/examples/files/greeting/* .
echo >>greeting_1.0-1.debian.tar.xz
