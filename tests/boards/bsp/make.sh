#!/usr/bin/env bash
# make.sh: writes a look-alike of what a person stages for an Orin NX with R36.4.3: archives, vendor trees, toolchain.
#
# usage: make.sh OUT        env: BSP_CACHE (Debian packages; build/boards/cache)
#
#   OUT/Jetson_Linux_r36.4.3_aarch64.tbz2, Tegra_Linux_Sample-Root-Filesystem_r36.4.3_aarch64.tbz2, public_sources.tbz2
#   OUT/aarch64--glibc--stable-2022.08-1.tar.bz2
#   OUT/axelera-driver/ voyager-sdk/ zedx-driver/
#   OUT/SHA256SUMS, OUT/kernelversion
#
# Names, nesting, paths, make's goals and conventions are R36.4.3's; the kernel is Debian's 6.1 with its realtime series,
# small; the rest is written for this purpose. Two runs on one set of packages give equal bytes.
# shellcheck disable=SC1091,SC2154
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
out=$(mkdir -p "$1" && cd "$1" && pwd)
cache=${BSP_CACHE:-$here/../../../build/boards/cache}
epoch=1736300977 # that of R36.4.3
release=r36.4.3
toolchain=aarch64--glibc--stable-2022.08-1
export LC_ALL=C TZ=UTC
. "$here/packages.sh"

work=$(mktemp -d "$out/.work.XXXXXX")
trap 'mv "$work" "$out/.old" 2>/dev/null && rm -rf "$out/.old"' EXIT
rm -rf "$out/.old"
umask 022

# pack FOLDER ARCHIVE NAME …: these names of that folder, always the same bytes
pack() {
  local folder=$1 archive=$2
  shift 2
  tar -C "$folder" --sort=name --mtime="@$epoch" --owner=0 --group=0 --numeric-owner --format=gnu --mode=go-w -c "$@" |
    lbzip2 >"$archive.new"
  mv "$archive.new" "$archive"
}

# debs ARCH NAME …: their files
debs() {
  local arch=$1 name
  shift
  for name; do compgen -G "$cache/${name}_*_$arch.deb" || compgen -G "$cache/${name}_*_all.deb"; done
}

make_toolchain() {
  "$here/toolchain.sh" "$cache" "$work/$toolchain"
  pack "$work" "$out/$toolchain.tar.bz2" "$toolchain"
}

make_rootfs() {
  local files
  mapfile -t files < <(debs arm64 "${rootfs_packages[@]}")
  "$here/rootfs.py" "$epoch" "${files[@]}" | lbzip2 >"$work/rootfs.tbz2"
  mv "$work/rootfs.tbz2" "$out/Tegra_Linux_Sample-Root-Filesystem_${release}_aarch64.tbz2"
}

# inner NAME FOLDER WHAT …: one archive of public_sources
inner() {
  local name=$1 folder=$2
  shift 2
  pack "$folder" "$work/public/Linux_for_Tegra/source/$name.tbz2" "$@"
  (cd "$work/public/Linux_for_Tegra/source" && sha1sum "$name.tbz2" >"$name.tbz2.sha1sum")
}

make_sources() {
  local src=$work/source
  mkdir -p "$src/kernel" "$work/public/Linux_for_Tegra/source"
  cp -a "$here"/source/{hwpm,nvidia-oot,nvethernetrm,nvgpu,nvdisplay,kernel-devicetree,hardware,Makefile} "$src/"
  ln -sf ../../../../../../nvethernetrm "$src/nvidia-oot/drivers/net/ethernet/nvidia/nvethernet/nvethernetrm"
  cp -a "$here"/source/{generic_rt_build.sh,nvbuild.sh,kernel_src_build_env.sh} "$src/"
  cp "$here/source/kernel-Makefile" "$src/kernel/Makefile"
  "$here/kernel.sh" "$cache" "$src/kernel/kernel-jammy-src"
  # the headers that device trees share with the kernel
  for h in clock/tegra234-clock.h gpio/gpio.h gpio/tegra234-gpio.h interrupt-controller/arm-gic.h interrupt-controller/irq.h \
    reset/tegra234-reset.h; do
    install -D -m 644 "$src/kernel/kernel-jammy-src/include/dt-bindings/$h" \
      "$src/hardware/nvidia/t23x/nv-public/include/kernel/dt-bindings/$h"
  done
  inner kernel_src "$src" kernel generic_rt_build.sh nvbuild.sh kernel_src_build_env.sh
  inner kernel_oot_modules_src "$src" Makefile hardware hwpm kernel-devicetree nvethernetrm nvgpu nvidia-oot
  inner nvidia_kernel_display_driver_source "$src" nvdisplay
  for name in atf_src gstegl_src nvtee_src nvv4l2camera_src; do
    mkdir -p "$work/other/$name"
    echo "$name: nothing that a kernel needs" >"$work/other/$name/README"
    inner "$name" "$work/other" "$name"
  done
  pack "$work/public" "$out/public_sources.tbz2" Linux_for_Tegra
  make -s --no-print-directory -C "$src/kernel/kernel-jammy-src" ARCH=arm64 kernelversion >"$out/kernelversion"
}

# stock_module PATH NAME VERMAGIC: an object that modinfo takes for a module
stock_module() {
  mkdir -p "$(dirname "$1")"
  printf '%s\n' '.section .modinfo,"a"' ".asciz \"name=$2\"" ".asciz \"vermagic=$3\"" '.asciz "license=GPL"' |
    "$work/$toolchain/bin/aarch64-buildroot-linux-gnu-gcc" -x assembler -c -o "$1" -
}

# make_initrd MODULES RELEASE: what boots before the root file system: a script, and the modules that it needs of the stock kernel
make_initrd() {
  local tree=$work/initrd top=lib/modules/$2
  mkdir -p "$tree/$top/kernel/drivers/nvme/host" "$tree/$top/updates/drivers/gpu/host1x" "$tree/etc/nv-update-initrd/list.d" "$tree/bin"
  cp "$1/kernel/drivers/nvme/host/nvme.ko" "$tree/$top/kernel/drivers/nvme/host/"
  cp "$1/updates/drivers/gpu/host1x/host1x.ko" "$tree/$top/updates/drivers/gpu/host1x/"
  printf 'kernel/drivers/nvme/host/nvme.ko\nupdates/drivers/gpu/host1x/host1x.ko\n' >"$tree/etc/nv-update-initrd/list.d/modules"
  printf '#!/bin/sh\nmodprobe nvme\nmodprobe host1x\nexec switch_root /mnt /sbin/init\n' >"$tree/init"
  chmod 755 "$tree/init"
  find "$tree" -exec touch -h -d "@$epoch" {} +
  (cd "$tree" && find . | sort | cpio -o -H newc -R 0:0 --reproducible --quiet) | gzip -n9
}

make_bsp() {
  local l4t=$work/bsp/Linux_for_Tegra stock
  stock=$(cat "$out/kernelversion")-tegra
  mkdir -p "$work/bsp"
  cp -a "$here/Linux_for_Tegra" "$l4t"
  ln -s jetson-orin-nano-devkit.conf "$l4t/p3768-0000-p3767-0000-a0.conf"
  mkdir -p "$l4t/source" "$l4t/kernel/dtb" "$l4t/kernel/stock" "$l4t/bootloader/generic/cfg" "$l4t/staging"
  cp -a "$here"/source/{Makefile,source_sync.sh} "$l4t/source/"
  printf 'Linux version %s (stock, a stand-in) #1 SMP PREEMPT\n' "$stock" >"$l4t/kernel/stock/Image"
  for m in kernel/drivers/nvme/host/nvme updates/drivers/gpu/host1x/host1x updates/nvidia; do
    stock_module "$work/stock/lib/modules/$stock/$m.ko" "$(basename "$m")" "$stock SMP preempt mod_unload modversions aarch64"
  done
  pack "$work/stock" "$l4t/kernel/kernel_supplements.tbz2" lib
  make_initrd "$work/stock/lib/modules/$stock" "$stock" >"$l4t/bootloader/l4t_initrd.img"
  for overlay in tegra234-carveouts tegra-optee; do
    printf '/dts-v1/;\n/plugin/;\n/ { overlay-name = "stock %s"; compatible = "nvidia,tegra234"; };\n' "$overlay" |
      dtc -q -@ -I dts -O dtb -o "$l4t/kernel/dtb/$overlay.dtbo" -
  done
  pack "$work/bsp" "$out/Jetson_Linux_${release}_aarch64.tbz2" Linux_for_Tegra
}

make_vendors() {
  for tree in axelera-driver voyager-sdk zedx-driver; do
    rm -rf "${out:?}/$tree"
    cp -a "$here/vendor/$tree" "$out/"
  done
  mkdir -p "$out/zedx-driver/nvidia_364_fix/R36.4.3"
  echo 'void nvisp_ppg_look_alike(void) {}' |
    "$work/$toolchain/bin/aarch64-buildroot-linux-gnu-gcc" -x c -shared -nostdlib -fPIC -Os \
      -o "$out/zedx-driver/nvidia_364_fix/R36.4.3/libnvisppg.so" -
  find "$out"/{axelera-driver,voyager-sdk,zedx-driver} -exec touch -h -d "@$epoch" {} +
}

"$here/fetch.sh" "$cache"
cache=$(cd "$cache" && pwd)
make_toolchain
make_rootfs
make_sources
make_bsp
make_vendors
(cd "$out" && sha256sum ./*.tbz2 ./*.tar.bz2 | sed 's,\./,,' >SHA256SUMS)
