#!/bin/bash
# apply_binaries.sh: puts NVIDIA's files into rootfs/: its stock kernel and modules, too, over whatever lies there.
#
# usage: apply_binaries.sh [-r ROOTFS]
set -e
top=$(cd "$(dirname "$0")" && pwd)
root=$top/rootfs
while getopts r: option; do
  case $option in
  r) root=$OPTARG ;;
  *) exit 1 ;;
  esac
done
[ -d "$root/etc" ] || { echo "apply_binaries.sh: no root file system in $root" >&2; exit 1; }
echo "Using rootfs directory of: $root"
tar -C "$root" -xjf "$top/kernel/kernel_supplements.tbz2" --keep-directory-symlink
mkdir -p "$root/boot/extlinux" "$root/etc/nv-update-initrd/list.d" "$root/boot/dtb"
install -m 644 "$top/kernel/stock/Image" "$root/boot/Image"
install -m 644 "$top/bootloader/extlinux.conf" "$root/boot/extlinux/extlinux.conf"
install -m 644 "$top"/kernel/dtb/*.dtbo "$root/boot/"
printf '%s\n' '# R36 (release), REVISION: 4.3, GCID: 0, BOARD: generic, EABI: aarch64, DATE: Wed Jan  8 01:49:37 UTC 2025' \
  >"$root/etc/nv_tegra_release"
printf '%s\n' nvme phy-tegra194-p2u pcie-tegra194 >"$root/etc/nv-update-initrd/list.d/modules"
for package in nvidia-l4t-kernel nvidia-l4t-kernel-dtbs nvidia-l4t-kernel-oot-modules nvidia-l4t-display-kernel; do
  echo "Installed $package"
done
echo "Success!"
