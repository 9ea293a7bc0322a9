#!/bin/bash
# generic_rt_build.sh enable|disable: turns PREEMPT_RT on or off in the kernel's default configurations.
set -e

action=$1
here=$(cd "$(dirname "$0")" && pwd)
kernel=$here/kernel/${KERNEL_SRC_DIR:-kernel-jammy-src}
configs=$kernel/arch/arm64/configs
names="defconfig tegra_prod_defconfig"

apply_patches() {
  [ -d "$kernel/rt-patches" ] || return 0
  for p in "$kernel"/rt-patches/*.patch; do
    patch -s -d "$kernel" -p1 "$1" <"$p"
  done
}

enable() {
  if [ -f "$configs/.orig.defconfig" ]; then
    echo "PREEMPT RT is enabled already"
    exit 0
  fi
  for name in $names; do cp "$configs/$name" "$configs/.orig.$name"; done
  apply_patches -N
  for name in $names; do
    cp "$configs/$name" "$configs/.updated.$name"
    "$kernel/scripts/config" --file "$configs/.updated.$name" --enable PREEMPT_RT --disable DEBUG_PREEMPT \
      --disable KVM --enable EMBEDDED --enable NAMESPACES --disable CPU_IDLE_TEGRA18X \
      --disable CPU_FREQ_GOV_INTERACTIVE --disable CPU_FREQ_TIMES --disable FAIR_GROUP_SCHED
  done
  rm "$configs/defconfig"
  ln -s .updated.defconfig "$configs/defconfig"
  ln -sf defconfig "$configs/tegra_defconfig"
  cp "$configs/.updated.tegra_prod_defconfig" "$configs/tegra_prod_defconfig"
  echo "PREEMPT RT is enabled"
}

disable() {
  if [ ! -f "$configs/.orig.defconfig" ]; then
    echo "PREEMPT RT is not enabled"
    exit 0
  fi
  for name in $names; do
    rm -f "$configs/$name" "$configs/.updated.$name"
    mv "$configs/.orig.$name" "$configs/$name"
  done
  rm -f "$configs/tegra_defconfig"
  apply_patches -R
  echo "PREEMPT RT is disabled"
}

case $action in
enable | disable) "$action" ;;
*)
  echo "usage: generic_rt_build.sh enable|disable" >&2
  exit 1
  ;;
esac
