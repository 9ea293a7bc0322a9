#!/bin/sh
# nvdisplay.sh PREFIX rt|no-rt: the display driver, against one folder that holds the kernel's source, its headers and those of
# nvidia-oot. What is written over the mounted trees is thrown away.
set -eu
prefix=$1
h=/jkr/kernel
release=$(cat /jkr/headers/include/config/kernel.release)

for part in include arch scripts; do cp -a "/jkr/headers/$part" "$h/"; done
cp /jkr/headers/.config /jkr/headers/System.map "$h/"
cp -a /jkr/nvidia-oot/include/. "$h/include/"
cat /jkr/headers/Module.symvers /jkr/symvers >"$h/Module.symvers"

# the compiler's name goes into a header; a probe that links would put the linker's complaint there
open=/jkr/nvdisplay/kernel-open
# shellcheck disable=SC2016
find "$open" -type f \( -name Makefile -o -name '*Kbuild' \) -exec sed -i 's/\$(CC) -v 2>&1 | tail -n 1/$(CC) --version | head -n 1/' {} +
# shellcheck disable=SC2016
if find "$open" -type f \( -name Makefile -o -name '*Kbuild' \) -exec grep -HnF '$(CC) -v ' {} + >&2; then
  echo "nvdisplay.sh: the display driver asks the compiler in a way that this does not know, and would write down the linker's complaint" >&2
  exit 1
fi

if [ "$2" = rt ]; then export IGNORE_PREEMPT_RT_PRESENCE=1; fi
for goal in modules modules_install; do
  make -C /jkr/nvdisplay TARGET_ARCH=aarch64 ARCH=arm64 CROSS_COMPILE="$prefix" LOCALVERSION="${release#*-}" \
    SYSSRC=$h SYSOUT=$h SYSSRCHOST1X=/jkr/nvidia-oot/drivers/gpu/host1x/include \
    CC="${prefix}gcc" CXX="${prefix}g++" LD="${prefix}ld.bfd" AR="${prefix}ar" OBJCOPY="${prefix}objcopy" \
    INSTALL_MOD_PATH=/jkr/out INSTALL_MOD_DIR=updates DEPMOD=true "$goal"
done
