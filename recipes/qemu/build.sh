#!/bin/sh
# build.sh WORDS: qemu-system-aarch64 of /jkr/qemu with the virt machine and TCG; WORDS, split at blanks, go to configure.
set -eu
words=$1
# without the defaults for devices one that the translator needs is left out too: QEMU 7.2 calls the v7M interrupt controller
printf 'CONFIG_ARM_VIRT=y\nCONFIG_ARM_V7M=y\n' >/jkr/qemu/configs/devices/aarch64-softmmu/jkr.mak
mkdir /tmp/build
cd /tmp/build
# shellcheck disable=SC2086
/jkr/qemu/configure --target-list=aarch64-softmmu --without-default-features --without-default-devices \
  --with-devices-aarch64=jkr --disable-debug-info --disable-user --enable-tcg --enable-fdt=system $words
ninja -j "$(nproc)" qemu-system-aarch64
strip qemu-system-aarch64
./qemu-system-aarch64 --version
cp qemu-system-aarch64 /jkr/out/
