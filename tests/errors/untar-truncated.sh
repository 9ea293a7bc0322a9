seq 50000 >README
tar -cJf whole.tar.xz README
head -c 2000 whole.tar.xz >linux.tar.xz
