mkdir -p usr/bin
printf '#!/bin/sh\ncat\n' >usr/bin/cpp
printf '#!/bin/sh\nkill -SEGV $$\n' >usr/bin/dtc
chmod +x usr/bin/*
image
cp --remove-destination "$(realpath image.tar)" with-dtc.tar
tar -rf with-dtc.tar ./usr/bin/cpp ./usr/bin/dtc
mv with-dtc.tar image.tar
printf '%s\n' '/dts-v1/;' '/ { };' >base.dts
