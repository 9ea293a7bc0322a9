mkdir -p usr/bin
image
printf '#!/bin/sh\n' >usr/bin/gcc
chmod +x usr/bin/gcc
cp --remove-destination "$(realpath image.tar)" with-gcc.tar
tar -rf with-gcc.tar ./usr/bin/gcc
mv with-gcc.tar image.tar
