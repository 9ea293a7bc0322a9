#!/bin/sh
# build.sh WORDS: qemu-system-aarch64 of /jkr/qemu with the virt machine and TCG; WORDS, split at blanks, go to configure.
set -eu
words=$1
echo CONFIG_ARM_VIRT=y >/jkr/qemu/configs/devices/aarch64-softmmu/jkr.mak
mkdir /tmp/build
cd /tmp/build
# shellcheck disable=SC2086
/jkr/qemu/configure --target-list=aarch64-softmmu --without-default-features --without-default-devices \
  --with-devices-aarch64=jkr --disable-debug-info --disable-user --enable-tcg --enable-fdt=system $words
ninja -j "$(nproc)" qemu-system-aarch64
strip qemu-system-aarch64
./qemu-system-aarch64 --version
cp qemu-system-aarch64 /jkr/out/
