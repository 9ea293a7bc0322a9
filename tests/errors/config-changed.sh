stdout=out
image
mkdir src && printf 'all:\n\tcp /jkr/src/other /jkr/build/.config; echo x >/jkr/build/vmlinux\n' >src/Makefile
printf 'CONFIG_CC_VERSION_TEXT="gcc 12"\nCONFIG_CC_IS_GCC=y\n# CONFIG_GOOD is not set\nCONFIG_KEPT=m\n' >src/other
sed -i "s/rootfs/sha256 = \"$(sha256sum image.tar | cut -d' ' -f1)\", &/" config-changed.lua
