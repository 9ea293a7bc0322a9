stdout=out
image
mkdir src && printf 'all:\n\tcp /jkr/src/other /jkr/build/.config; echo x >/jkr/build/vmlinux\n' >src/Makefile
printf 'CONFIG_CC_VERSION_TEXT="clang 14"\nCONFIG_CC_IS_CLANG=y\n' >src/other
sed -i "s/rootfs/sha256 = \"$(sha256sum image.tar | cut -d' ' -f1)\", &/" compiler-changed-fresh.lua
