#!/bin/bash
# nvbuild.sh: kernel, modules and device trees in one go.
#
# usage: CROSS_COMPILE=PREFIX nvbuild.sh [-m] [-i] [-o OUT]     -m modules only, -i installs too, -o builds in a copy
set -e

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=/dev/null
. "$here/kernel_src_build_env.sh"
modules_only='' install='' out=''
while getopts mio:r option; do
  case $option in
  m) modules_only=1 ;;
  i) install=1 ;;
  o) out=$OPTARG ;;
  r) ;;
  *) exit 1 ;;
  esac
done
: "${CROSS_COMPILE:?the compilers prefix}"
export CROSS_COMPILE ARCH=arm64

if [ -n "$out" ]; then
  mkdir -p "$out"
  # shellcheck disable=SC2086
  (cd "$here" && cp -a kernel $OOT_SOURCE_LIST "$out/")
  here=$(cd "$out" && pwd)
fi
cd "$here"
export KERNEL_HEADERS=$here/kernel/$KERNEL_SRC_DIR
[ -n "$modules_only" ] || make -C kernel
make modules
make dtbs
[ -f nvgpu/drivers/gpu/nvgpu/nvgpu.ko ] || {
  echo "nvbuild.sh: nvgpu.ko was not built" >&2
  exit 1
}
if [ -n "$install" ]; then
  make -C kernel install
  INSTALL_MOD_DIR=updates make modules_install
fi
