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
  ! elsewhere/bin/toolchain-wrapper 2>err || return 1
  grep -q "cannot tell what" err
}

@test "l4t_update_initrd.sh fails before apply_binaries.sh ran, as NVIDIA's does" {
  cp -r "$here/bsp/Linux_for_Tegra" .
  run Linux_for_Tegra/tools/l4t_update_initrd.sh
  [ "$status" = 1 ]
  [[ $output == *"run apply_binaries.sh first"* ]]
}

# initrd MODULE …: an initrd in the shape of l4t_initrd.img, with these modules of a stock kernel
initrd() {
  local m
  rm -rf tree && mkdir -p tree/lib/modules/5.15.148-tegra/kernel tree/etc/nv-update-initrd/list.d
  printf '#!/bin/sh\n' >tree/init
  for m; do
    echo stock >"tree/lib/modules/5.15.148-tegra/kernel/$m.ko"
    echo "kernel/$m.ko" >>tree/etc/nv-update-initrd/list.d/modules
  done
  (cd tree && find . | cpio -o -H newc --quiet) | gzip -n >jkr/initrd
}

# script NAME ARGUMENT…: one of stdlib/l4t as its step runs it, on this machine's programs; those in ./bin first
script() {
  local name=$1
  shift
  rm -rf jkr/out && mkdir -p jkr/out bin
  bwrap --unshare-all --ro-bind /usr /usr --symlink usr/bin /bin --symlink usr/sbin /sbin --symlink usr/lib /lib --symlink usr/lib64 /lib64 \
    --ro-bind /etc /etc --dev /dev --proc /proc --tmpfs /tmp --bind "$work/jkr" /jkr --ro-bind "$here/../../stdlib/l4t" /script \
    --ro-bind "$work/bin" /first --setenv PATH /first:/usr/bin:/usr/sbin --chdir /jkr/out --setenv SOURCE_DATE_EPOCH 1736300977 \
    /bin/sh "/script/$name" "$@"
}
replace() { script initrd.sh l4t_initrd.img; }

@test "of an initrd's modules each is replaced, taken out as built in, or a mistake; the result is the same twice" {
  release=5.15.148-rt-tegra
  new=jkr/modules/lib/modules/$release
  mkdir -p jkr/headers/include/config $new/updates
  echo $release >jkr/headers/include/config/kernel.release
  gcc -x c -c -o $new/updates/host1x.ko - <<<'const char m[] __attribute__((section(".modinfo"), used)) = "name=host1x";'
  echo kernel/drivers/nvme/host/nvme-core.ko >$new/modules.builtin
  : >$new/modules.order
  initrd host1x nvme-core
  replace
  cat jkr/out/initrd.txt
  grep -qx 'host1x: replaced' jkr/out/initrd.txt
  grep -qx 'nvme-core: built into this kernel, taken out' jkr/out/initrd.txt
  list=$(gzip -dc jkr/out/l4t_initrd.img | cpio -t --quiet)
  grep -qx "lib/modules/$release/updates/host1x.ko" <<<"$list"
  [ "$(grep -c '\.ko$' <<<"$list")" = 1 ]
  grep -qx init <<<"$list"
  first=$(sha256sum <jkr/out/l4t_initrd.img)
  sleep 1
  replace
  [ "$(sha256sum <jkr/out/l4t_initrd.img)" = "$first" ]
  # one that this kernel has nowhere would be missed at the start, when nobody looks
  initrd host1x gone
  run replace
  [ "$status" != 0 ]
  [[ $output == *'gone: this kernel has it neither as a module nor built in'* ]]
}

@test "a kmod that is newer than the target's is refused; the link to the headers is the target's; no module is there twice" {
  release=5.15.148-rt-tegra
  mkdir -p jkr/headers/include/config jkr/modules/lib/modules/$release/{kernel,updates} bin
  echo $release >jkr/headers/include/config/kernel.release
  : >jkr/headers/System.map
  for f in order builtin; do : >jkr/modules/lib/modules/$release/modules.$f; done
  ln -s /home/j/dev/build jkr/modules/lib/modules/$release/build
  gcc -x c -c -o jkr/modules/lib/modules/$release/kernel/host1x.ko - <<<'const char m[] __attribute__((section(".modinfo"), used)) = "name=host1x";'
  script depmod.sh 99
  [ "$(readlink jkr/out/lib/modules/$release/build)" = /usr/src/linux-headers-$release ]
  [ -e jkr/out/boot/System.map-$release ]
  [ -s jkr/out/lib/modules/$release/modules.dep ]
  cp jkr/modules/lib/modules/$release/kernel/host1x.ko jkr/modules/lib/modules/$release/updates/
  run script depmod.sh 99
  [ "$status" != 0 ]
  [[ $output == *'there twice: host1x'* ]]
  script depmod.sh 99 host1x
  printf '#!/bin/sh\necho kmod version 31\n' >bin/depmod
  chmod +x bin/depmod
  run script depmod.sh 30 host1x
  [ "$status" != 0 ]
  [[ $output == *"kmod 31 writes indexes that the target's kmod cannot read"* ]]
}

@test "the look-alike's initrd is one that the script takes: nvme is built in, host1x is replaced" {
  # shellcheck disable=SC2034 # make_initrd reads the epoch
  release=5.15.148-rt-tegra stock=5.15.148-tegra epoch=1736300977
  mkdir -p jkr/headers/include/config jkr/modules/lib/modules/$release/updates stock/lib/modules/$stock/{kernel/drivers/nvme/host,updates/drivers/gpu/host1x}
  echo $release >jkr/headers/include/config/kernel.release
  gcc -x c -c -o jkr/modules/lib/modules/$release/updates/host1x.ko - <<<'const char m[] __attribute__((section(".modinfo"), used)) = "name=host1x";'
  echo kernel/drivers/nvme/host/nvme.ko >jkr/modules/lib/modules/$release/modules.builtin
  : >jkr/modules/lib/modules/$release/modules.order
  echo stock | tee stock/lib/modules/$stock/kernel/drivers/nvme/host/nvme.ko >stock/lib/modules/$stock/updates/drivers/gpu/host1x/host1x.ko
  eval "$(sed -n '/^make_initrd() {/,/^}/p' "$here/bsp/make.sh")"
  make_initrd "$work/stock/lib/modules/$stock" $stock >jkr/initrd
  first=$(sha256sum <jkr/initrd)
  rm -r initrd && sleep 1
  make_initrd "$work/stock/lib/modules/$stock" $stock >jkr/initrd
  [ "$(sha256sum <jkr/initrd)" = "$first" ]
  replace
  diff <(sort jkr/out/initrd.txt) <(printf '%s\n' 'host1x: replaced' 'nvme: built into this kernel, taken out')
}

@test "with BUILDOVERLAY said to HOSTCC, NVIDIA's makefile makes an overlay that has fragments; without, one that has none (B-4)" {
  sources
  vendor=$here/bsp/vendor/zedx-driver
  patch -s -p2 -d source <"$vendor/nvidia_kernel/kernel_patches/R36.4/0002-nv-public-sl-overlays.patch"
  public=source/hardware/nvidia/t23x/nv-public
  cp -r "$vendor"/src/hardware/stereolabs/overlay/. "$vendor/src/hardware/stereolabs/Utils" $public/
  sed -E -i 's,(dtbo-y \+= )\$\(makefile-path\)/([^/]*-sl-overlay),\1\2,' $public/Makefile
  # what comes from the kernel's headers
  for h in clock/tegra234-clock.h gpio/gpio.h gpio/tegra234-gpio.h interrupt-controller/arm-gic.h interrupt-controller/irq.h reset/tegra234-reset.h; do
    mkdir -p "$public/include/kernel/dt-bindings/$(dirname $h)"
    : >$public/include/kernel/dt-bindings/$h
  done
  printf '#define GPIO_ACTIVE_HIGH 0\n#define TEGRA234_MAIN_GPIO(port, n) n\n' >$public/include/kernel/dt-bindings/gpio/gpio.h
  overlay=tegra234-p3768-camera-zedlink-mono-sl-overlay.dtbo
  for hostcc in "gcc -DBUILDOVERLAY=" gcc; do
    make -s -C source/kernel-devicetree/generic-dts srctree="$PWD/source/kernel-devicetree" KERNEL_SRC=/none KERNEL_OUTPUT=/none \
      HARDWARE="$PWD/source/hardware/nvidia" DTC="$(command -v dtc)" HOSTCC="$hostcc" \
      "$PWD/source/kernel-devicetree/generic-dts/hardware/t23x/nv-public/$overlay"
    dtc -q -I dtb -O dts "source/kernel-devicetree/generic-dts/hardware/t23x/nv-public/$overlay" >"$(wc -w <<<"$hostcc").dts"
    rm -r source/kernel-devicetree/generic-dts/hardware
  done
  grep -q fragment@1 2.dts
  run grep fragment@ 1.dts
  [ "$status" = 1 ]
}
