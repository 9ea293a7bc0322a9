#!/bin/sh
# initramfs.sh PREFIX TARGET: compiles /jkr/in/init.c with PREFIXgcc, where there is none for TARGET with clang, and packs
# it with the modules of /jkr/in/modules into initramfs.cpio; /modules/.order has their names, in the recipe's order. Two
# runs give equal bytes.
set -eu
prefix=$1 target=$2
root=/tmp/root
mkdir -p "$root/dev" "$root/proc" "$root/sys" "$root/modules"
found=$("${prefix}gcc" -dumpmachine 2>/dev/null) || found=
# one without a prefix may be that of the machine that builds, beside clang
if [ -n "$found" ] && { [ -n "$prefix" ] || [ "${found%%-*}" = "${target%%-*}" ]; }; then
  set -- "${prefix}gcc"
else
  set -- clang "--target=$target" -fuse-ld=lld
fi
"$@" -O2 -Wall -Wextra -static -nostdlib -ffreestanding -fno-stack-protector -fno-builtin \
  -o "$root/init" /jkr/in/init.c
i=1
while [ -e "/jkr/in/modules/$i" ]; do
  find -L "/jkr/in/modules/$i" -name '*.ko' | LC_ALL=C sort >/tmp/modules
  sed 's,.*/,,' /tmp/modules >>"$root/modules/.order"
  while read -r module; do cp "$module" "$root/modules/"; done </tmp/modules
  i=$((i + 1))
done
cd "$root"
find . -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
find . | LC_ALL=C sort | cpio --quiet --reproducible --owner=0:0 -o -H newc >/jkr/out/initramfs.cpio
