cp "$top"/examples/files/greeting/* .
mkdir pkg && mv greeting_1.0-1.dsc greeting_1.0.orig.tar.xz pkg/
