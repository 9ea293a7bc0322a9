cp "$top"/examples/files/greeting/* .
mkdir t && tar -xf greeting_1.0-1.debian.tar.xz -C t
${change:-sed -i s/hello/farewell/} t/debian/patches/politely.patch
tar --sort=name --owner=0 --group=0 --mtime=@1 -cJf greeting_1.0-1.debian.tar.xz -C t debian
size=$(stat -c %s greeting_1.0-1.debian.tar.xz) sum=$(sha256sum greeting_1.0-1.debian.tar.xz | cut -d' ' -f1)
sed -i -E "s/^ [0-9a-f]{64} [0-9]+ (.*debian.tar.xz)/ $sum $size \\1/" greeting_1.0-1.dsc
