#!/usr/bin/env bash
# shell.sh: the reference pipeline by hand, in shell and make, on the look-alike: what the recipes are compared with.
#
# usage: shell.sh BSP WORK [PHASE …]      BSP from bsp/make.sh; phases: extract edit configure kernel modules dtbs vendor overlay
#                                         headers install bundle; all when none is named
#   env: CAMERA mono|duo, RT 1|0, RETRIES, LOCALVERSION, JOBS
#
# Needs no root: the root file system is unpacked without its devices and owners, which is one of the things jkr does better.
# Each phase says how long it took. It stops at the first mistake, which its model does not.
set -euo pipefail

bsp=$(cd "$1" && pwd)
work=$(mkdir -p "$2" && cd "$2" && pwd)
shift 2
here=$(cd "$(dirname "$0")" && pwd)
camera=${CAMERA:-mono} rt=${RT:-1} retries=${RETRIES:-200}
[ "$rt" = 1 ] && localversion=${LOCALVERSION:--rt-tegra} || localversion=${LOCALVERSION:--preempt-tegra}
l4t=$work/Linux_for_Tegra
src=$l4t/source
kernel=$src/kernel/kernel-jammy-src
public=$src/hardware/nvidia/t23x/nv-public
configs=$kernel/arch/arm64/configs
overlay=tegra234-p3768-camera-zedlink-$camera-sl-overlay
jobs=-j${JOBS:-$(nproc)}
umask 022

export ARCH=arm64 CROSS_COMPILE=$work/opt/aarch64--glibc--stable-2022.08-1/bin/aarch64-buildroot-linux-gnu-
export LOCALVERSION=$localversion KERNEL_HEADERS=$kernel LC_ALL=C TZ=UTC
export KBUILD_BUILD_TIMESTAMP='Wed Jan  8 01:49:37 UTC 2025' KBUILD_BUILD_USER=tegra KBUILD_BUILD_HOST=tegra KBUILD_BUILD_VERSION=1
[ "$rt" = 0 ] || export IGNORE_PREEMPT_RT_PRESENCE=1

extract() {
  mkdir -p "$work/opt"
  tar -C "$work/opt" -xf "$bsp/aarch64--glibc--stable-2022.08-1.tar.bz2"
  tar -C "$work" -xf "$bsp/Jetson_Linux_r36.4.3_aarch64.tbz2"
  tar -C "$l4t/rootfs" -xf "$bsp/Tegra_Linux_Sample-Root-Filesystem_r36.4.3_aarch64.tbz2" --no-same-owner --exclude='dev/*'
  tar -C "$work" -xf "$bsp/public_sources.tbz2"
  for inner in kernel_src kernel_oot_modules_src nvidia_kernel_display_driver_source; do
    tar -C "$src" -xf "$src/$inner.tbz2"
  done
}

edit() {
  # Metis: patience with its link, its symbol
  patch -s -p1 -N -d "$kernel" <"$bsp/voyager-sdk/axl-jetson.patch"
  sed -E -i "s/(#define[[:space:]]+LINK_WAIT_MAX_RETRIES)([[:space:]]+[0-9]+)+/\1\t$retries/" \
    "$kernel/drivers/pci/controller/dwc/pcie-designware.h"
  mkdir -p "$src/axelera"
  cp -r "$bsp/axelera-driver" "$src/axelera/"
  install -D -m 644 "$bsp/axelera-driver/udev/72-axelera.rules" "$l4t/rootfs/etc/udev/rules.d/72-axelera.rules"
  # power of the slot
  perl -0777 -i -pe 's/(vddio-pex-ctl-supply = <&vdd_1v8_ao>;\n)\n(\s*)(phys = <&p2u_hsio_3>;)/$1$2vpcie3v3-supply = <&vdd_3v3_pcie>;\n\n$2$3/' \
    "$public/tegra234-p3768-0000.dtsi"
  grep -q vpcie3v3-supply "$public/tegra234-p3768-0000.dtsi"
  # ZED X: drivers, patches, overlays, deserializer
  cp -r "$bsp/zedx-driver/src/kernel/stereolabs" "$src/"
  for p in "$bsp"/zedx-driver/nvidia_kernel/kernel_patches/R36.4/0*.patch; do
    case $p in *zedbox*) continue ;; esac
    patch -s -p2 -N -d "$src" <"$p"
  done
  cp "$bsp"/zedx-driver/src/hardware/stereolabs/overlay/*.dts* "$public/"
  cp -r "$bsp/zedx-driver/src/hardware/stereolabs/Utils" "$public/"
  # shellcheck disable=SC2016
  sed -E -i 's,(dtbo-y \+= )\$\(makefile-path\)/([^/]*-sl-overlay),\1\2,' "$public/Makefile"
  if [ "$camera" = mono ]; then
    sed -i 's/-DCONFIG_SL_DESER_MAX96712/-DCONFIG_SL_DESER_MAX9296/' "$src/stereolabs/drivers/Makefile"
  fi
  # the board
  sed -i 's,^\(CMDLINE_ADD=".*\)"$,\1 root=/dev/nvme0n1p1",' "$l4t/p3767.conf.common"
}

configure() {
  cat "$here/lookalike.config" >>"$configs/defconfig"
  if [ "$rt" = 1 ]; then
    "$src/generic_rt_build.sh" enable
    "$kernel/scripts/config" --file "$configs/defconfig" --disable EMBEDDED --enable RCU_BOOST
  fi
}

kernel() {
  make -s "$jobs" -C "$src/kernel" "version=$localversion"
}

modules() {
  find "$kernel/debian" -xtype l -delete # what bindeb-pkg left, of which nvidia-headers' `cp -LR` dies (B-6)
  rm -rf "$src/out" # a second `cp -LR` of the kernel's tree into it dies of links that lead nowhere
  make -s "$jobs" -C "$src" modules
}

# dtbs: NVIDIA's rule; without BUILDOVERLAY, which it does not define, the overlays have nothing in them
dtbs() {
  make -s "$jobs" -C "$src" dtbs HOSTCC="gcc -DBUILDOVERLAY"
  mkdir -p "$l4t/kernel/dtb" "$work/registered"
  cp "$src"/kernel-devicetree/generic-dts/dtbs/* "$l4t/kernel/dtb/"
  cp "$src/kernel-devicetree/generic-dts/dtbs/$overlay.dtbo" "$work/registered/"
}

# external FOLDER [VARIABLE …]: modules of a vendor
external() {
  local folder=$1
  shift
  make -s "$jobs" -C "$kernel" "M=$folder" "$@" modules
}

vendor() {
  external "$src/axelera/axelera-driver"
  external "$src/stereolabs" "srctree.sl_drivers=$src/stereolabs/" CONFIG_TEGRA_OOT_MODULE=m \
    KBUILD_EXTRA_SYMBOLS="$src/nvidia-oot/Module.symvers $src/hwpm/drivers/tegra/hwpm/Module.symvers"
}

# overlay: compiled by itself
overlay() {
  local hw=$src/hardware/nvidia
  mkdir -p "$work/direct"
  cpp -E -undef -D__DTS__ -DBUILDOVERLAY -DLINUX_VERSION=600 -DTEGRA_HOST1X_DT_VERSION=2 -x assembler-with-cpp -nostdinc \
    -I "$hw/t23x/nv-public" -I "$hw/t23x/nv-public/include/kernel" -I "$hw/t23x/nv-public/include/nvidia-oot" \
    -I "$hw/t23x/nv-public/include/platforms" -I "$hw/tegra/nv-public" -I "$kernel/include" \
    -o "$work/direct/$overlay.tmp" "$public/$overlay.dts"
  "$kernel/scripts/dtc/dtc" -q -@ -I dts -O dtb -o "$work/direct/$overlay.dtbo" "$work/direct/$overlay.tmp"
  cp "$work/direct/$overlay.dtbo" "$l4t/kernel/dtb/"
}

headers() {
  make -s "$jobs" -C "$kernel" bindeb-pkg KDEB_PKGVERSION=1-tegra DPKG_FLAGS=-d >"$work/bindeb.log" 2>&1
  mkdir -p "$l4t/staging/kernel-headers"
  mv "$src"/kernel/linux-headers-*.deb "$l4t/staging/kernel-headers/"
}

install_all() {
  local release
  release=$(cat "$kernel/include/config/kernel.release")
  cp "$kernel/arch/arm64/boot/Image" "$l4t/kernel/"
  export INSTALL_MOD_PATH=$l4t/rootfs
  make -s -C "$src/kernel" "version=$localversion" install
  make -s -C "$src" modules_install
  make -s -C "$kernel" "M=$src/axelera/axelera-driver" modules_install
  make -s -C "$kernel" "M=$src/stereolabs" modules_install
  depmod -b "$l4t/rootfs" -e -F "$kernel/System.map" "$release"
  mkdir -p "$l4t/rootfs/var/nvidia/nvcam/settings" "$l4t/rootfs/boot/dtb" "$l4t/rootfs/boot/extlinux"
  install -m 664 "$bsp"/zedx-driver/ISP/*.isp "$l4t/rootfs/var/nvidia/nvcam/settings/"
  cp "$l4t/kernel/dtb/$overlay.dtbo" "$l4t/rootfs/boot/"
  cp "$l4t/kernel/dtb/tegra234-p3768-0000+p3767-0000-nv.dtb" "$l4t/rootfs/boot/dtb/kernel_tegra234-p3768-0000+p3767-0000-nv.dtb"
  sed -e "s,^\( *\)APPEND \${cbootargs},&  root=/dev/nvme0n1p1 rootwait rootfstype=ext4 pcie_aspm=off nohz_full=1-5 isolcpus=1-5 rcu_nocbs=1-5 irqaffinity=0\n\1OVERLAYS /boot/$overlay.dtbo," \
    -e 's,^\( *\)INITRD .*,&\n\1FDT /boot/dtb/kernel_tegra234-p3768-0000+p3767-0000-nv.dtb,' -i "$l4t/bootloader/extlinux.conf"
  cp "$l4t/bootloader/extlinux.conf" "$l4t/rootfs/boot/extlinux/"
}

bundle() {
  tar -C "$work" --sort=name --numeric-owner --owner=0 --group=0 --mtime=@0 --exclude Linux_for_Tegra/source -c Linux_for_Tegra |
    zstd -q -T0 -f -o "$work/Linux_for_Tegra.tar.zst"
}

[ $# -gt 0 ] || set -- extract edit configure kernel modules dtbs vendor overlay headers install bundle
for phase; do
  began=$(date +%s%N)
  case $phase in
  extract | edit | configure | kernel | modules | dtbs | vendor | overlay | headers | bundle) "$phase" ;;
  install) install_all ;;
  *)
    echo "shell.sh: no phase $phase" >&2
    exit 2
    ;;
  esac
  printf '%s: %d.%03d s\n' "$phase" $((($(date +%s%N) - began) / 1000000000)) $((($(date +%s%N) - began) / 1000000 % 1000))
done
