#!/usr/bin/env bash
# kernel.sh: the kernel's source of the look-alike BSP: Debian's, with its realtime series merged, pruned.
#
# usage: kernel.sh CACHE OUT      OUT is kernel-jammy-src
#
# As in R36.4.3, PREEMPT_RT is merged in the tree and there is no rt-patches folder.
set -euo pipefail

cache=$1 out=$2
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$out"
deb=$(echo "$cache"/linux-source-6.1_*_all.deb)
patches=$cache/linux_$(dpkg-deb -f "$deb" Version).debian.tar.xz
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

tar -C "$work" -xf "$patches" debian/patches-rt
cat "$work"/debian/patches-rt/*.patch | sed -n 's,^+++ b/,,p; s,^--- a/,,p' | cut -f 1 | sort -u >"$work/keep.list"
# what scripts/checksyscalls.sh compares with; what arm64 selects of a pruned folder
printf '%s\n' arch/x86/entry/syscalls/syscall_32.tbl drivers/power/supply/power_supply.h \
  drivers/power/supply/power_supply_{core,sysfs,leds}.c drivers/power/supply/samsung-sdi-battery.h >>"$work/keep.list"
dpkg-deb --fsys-tarfile "$deb" | tar -xO ./usr/src/linux-source-6.1.tar.xz | xz -dc -T0 |
  python3 "$here/kernel/prune.py" "$here/kernel/prune.list" "$work/keep.list" | tar -C "$out" -x
while read -r name; do
  case $name in
  '' | '#'*) ;;
  *) patch -s -f -p1 --no-backup-if-mismatch -d "$out" <"$work/debian/patches-rt/$name" ;;
  esac
done <"$work/debian/patches-rt/series"
rm "$out/localversion-rt"

# NVIDIA's: configurations, modules outside the tree go to updates/, signing through a script of Ubuntu's packaging
mv "$out/arch/arm64/configs/defconfig" "$out/arch/arm64/configs/mainline_defconfig"
for name in defconfig tegra_prod_defconfig; do
  cp "$here/kernel/defconfig" "$out/arch/arm64/configs/$name"
done
grep -v -e MEDIA -e VIDEO "$here/kernel/defconfig" >"$out/arch/arm64/configs/tegra_recovery_chain_defconfig"
echo 'CONFIG_DEBUG_INFO_DWARF_TOOLCHAIN_DEFAULT=y' >"$out/arch/arm64/configs/defconfig_debug.config"
# shellcheck disable=SC2016
sed -i 's/^INSTALL_MOD_DIR ?= extra$/INSTALL_MOD_DIR ?= updates/; s,= scripts/sign-file,= $(srctree)/debian/scripts/sign-module,' \
  "$out/scripts/Makefile.modinst"
grep -q 'debian/scripts/sign-module' "$out/scripts/Makefile.modinst"
grep -q '^INSTALL_MOD_DIR ?= updates$' "$out/scripts/Makefile.modinst"
grep -q 'LINK_WAIT_MAX_RETRIES[[:space:]]*10$' "$out/drivers/pci/controller/dwc/pcie-designware.h"
# its own trees are gone
for makefile in "$out"/arch/arm64/boot/dts/*/Makefile; do : >"$makefile"; done
mkdir -p "$out/debian/scripts"
install -m 755 "$here/kernel/sign-module" "$out/debian/scripts/sign-module"
echo 'DEBIAN=debian.master' >"$out/debian/debian.env"
