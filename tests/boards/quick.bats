#!/usr/bin/env bats
# The small parts of the look-alike BSP, without a kernel: what `make check` can afford. The rest is `make check-boards`.

setup() {
  here=$BATS_TEST_DIRNAME
  work=$(mktemp -d "${BATS_TMPDIR:-/tmp}/jkr-boards.XXXXXX")
  cd "$work" || return 1
}

teardown() { rm -rf "$work"; }

# sources: the folder that kernel_oot_modules_src unpacks to, as far as it is written by hand
sources() {
  mkdir source && cp -r "$here"/bsp/source/{hardware,kernel-devicetree,nvidia-oot,Makefile} source/
}

@test "the vendor's patches apply in order, and the one for another board does not" {
  sources
  patches=$here/bsp/vendor/zedx-driver/nvidia_kernel/kernel_patches/R36.4
  for p in "$patches"/000[123]*; do patch -s -p2 -N -d source <"$p"; done
  grep -q 'MAX_LANES 8' source/nvidia-oot/drivers/media/platform/tegra/camera/camera_common.h
  [ -f source/stereolabs/Makefile ]
  [ -f source/stereolabs/Makefile-dkms ]
  run patch -s -p2 -N -f -d source <"$patches/0004-zedbox-carrier.patch"
  [ "$status" != 0 ]
}

@test "an overlay that the vendor registers gets its folder twice, and fails" {
  sources
  patch -s -p2 -d source <"$here"/bsp/vendor/zedx-driver/nvidia_kernel/kernel_patches/R36.4/0002-nv-public-sl-overlays.patch
  hw=$PWD/source/hardware/nvidia
  run make -n -C source/kernel-devicetree/generic-dts srctree="$PWD/source/kernel-devicetree" KERNEL_SRC=/none KERNEL_OUTPUT=/none HARDWARE="$hw" dtbs
  [ "$status" != 0 ]
  [[ $output == *"t23x/nv-public/t23x/nv-public/tegra234-p3768-camera-zedlink-"* ]]
}

@test "turning RT on makes defconfig a symlink, and sed -i turns it into a file" {
  configs=source/kernel/kernel-jammy-src/arch/arm64/configs
  mkdir -p "$configs" source/kernel/kernel-jammy-src/scripts
  for name in defconfig tegra_prod_defconfig; do echo CONFIG_PREEMPT=y >"$configs/$name"; done
  # a stand-in for the kernel's scripts/config: what it is given ends up in the file
  printf '#!/bin/sh\nf=$2; shift 2\nwhile [ $# -gt 0 ]; do case $1 in --enable) echo "CONFIG_$2=y" ;; *) echo "# CONFIG_$2 is not set" ;; esac; shift 2; done >>"$f"\n' \
    >source/kernel/kernel-jammy-src/scripts/config
  chmod +x source/kernel/kernel-jammy-src/scripts/config
  cp "$here/bsp/source/generic_rt_build.sh" source/
  source/generic_rt_build.sh enable
  [ "$(readlink "$configs/defconfig")" = .updated.defconfig ]
  grep -q CONFIG_PREEMPT_RT=y "$configs/defconfig"
  run source/generic_rt_build.sh enable
  [[ $output == *"enabled already"* ]]
  sed -i 's/^CONFIG_EMBEDDED=y/# CONFIG_EMBEDDED is not set/' "$configs/defconfig"
  [ ! -L "$configs/defconfig" ]
  grep -q CONFIG_EMBEDDED=y "$configs/.updated.defconfig"
  source/generic_rt_build.sh disable
  [ "$(cat "$configs/defconfig")" = CONFIG_PREEMPT=y ]
}

@test "a pruned folder keeps its Kconfig files and makefiles, and what the patches change" {
  mkdir -p linux-1/drivers/gpu/drm linux-1/init
  touch linux-1/drivers/gpu/{Kconfig,Makefile,a.c} linux-1/drivers/gpu/drm/{Kconfig.debug,b.c,c.c} linux-1/init/main.c
  echo drivers/gpu >prune.list
  echo drivers/gpu/drm/c.c >keep.list
  tar -c linux-1 | python3 "$here/bsp/kernel/prune.py" prune.list keep.list | tar -t | sort >got
  printf '%s\n' drivers/gpu/Kconfig drivers/gpu/Makefile drivers/gpu/drm/Kconfig.debug drivers/gpu/drm/c.c init/main.c | diff - got
}

@test "the toolchain's wrapper starts the program of its own name, beside itself, with the libraries there" {
  mkdir -p t/bin t/lib/toolchain/usr/bin
  gcc -o t/bin/toolchain-wrapper "$here/bsp/toolchain-wrapper.c"
  ln -s toolchain-wrapper t/bin/aarch64-buildroot-linux-gnu-gcc
  printf '#!/bin/sh\necho "$0 $LD_LIBRARY_PATH $*"\n' >t/lib/toolchain/usr/bin/aarch64-linux-gnu-gcc
  chmod +x t/lib/toolchain/usr/bin/aarch64-linux-gnu-gcc
  mv t elsewhere
  [ "$(elsewhere/bin/aarch64-buildroot-linux-gnu-gcc -c x.c)" = \
    "$PWD/elsewhere/lib/toolchain/usr/bin/aarch64-linux-gnu-gcc $PWD/elsewhere/lib/toolchain/usr/lib/x86_64-linux-gnu -c x.c" ]
  ! elsewhere/bin/toolchain-wrapper 2>err
  grep -q "cannot tell what" err
}

@test "l4t_update_initrd.sh fails before apply_binaries.sh ran, as NVIDIA's does" {
  cp -r "$here/bsp/Linux_for_Tegra" .
  run Linux_for_Tegra/tools/l4t_update_initrd.sh
  [ "$status" = 1 ]
  [[ $output == *"run apply_binaries.sh first"* ]]
}
