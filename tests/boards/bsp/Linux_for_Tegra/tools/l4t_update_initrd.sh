#!/bin/bash
# l4t_update_initrd.sh: packs the root file system's kernel modules for boot into rootfs/boot/initrd; only after apply_binaries.sh.
set -e
top=$(cd "$(dirname "$0")/.." && pwd)
root=${1:-$top/rootfs}
if [ ! -f "$root/etc/nv_tegra_release" ]; then
  echo "l4t_update_initrd.sh: $root/etc/nv_tegra_release is absent: run apply_binaries.sh first" >&2
  exit 1
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
while read -r module; do
  [ -n "$module" ] || continue
  file=$(cd "$root" && find lib/modules usr/lib/modules -name "$module.ko" 2>/dev/null | head -n 1)
  [ -n "$file" ] || { echo "l4t_update_initrd.sh: no module $module" >&2; exit 1; }
  install -D "$root/$file" "$work/$file"
done < <(cat "$root"/etc/nv-update-initrd/list.d/modules 2>/dev/null)
mkdir -p "$root/boot"
(cd "$work" && find . | LC_ALL=C sort | cpio -o -H newc --quiet --reproducible) | gzip -n >"$root/boot/initrd"
