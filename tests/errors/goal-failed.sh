stdout=out
image_of image.tar sh make
mkdir src && printf 'one:\n\t@exit 3\n' >src/Makefile
sed -i "s/rootfs/sha256 = \"$(sha256sum image.tar | cut -d' ' -f1)\", &/" goal-failed.lua
