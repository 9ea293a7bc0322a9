#!/bin/sh
# conftest.sh PREFIX: asks the headers of /jkr/kernel and /jkr/headers what they offer, as NVIDIA's makefile does before its modules.
set -eu
mkdir -p nvidia
cp -a /jkr/conftest/. nvidia/
make -C nvidia ARCH=arm64 src=/jkr/out/nvidia obj=/jkr/out/nvidia CROSS_COMPILE="$1" CC="$1gcc" LD="$1ld" \
  NV_KERNEL_SOURCES=/jkr/kernel NV_KERNEL_OUTPUT=/jkr/headers
