#!/usr/bin/env bats
# The pipeline by hand, shell and make: shows that the look-alike builds as R36.4.3 does, and that the faults of that
# pipeline happen on it, which the recipes are then free of. Started by check.sh; one build for all tests, in their order.

setup() {
  : "${BOARDS:?started by check.sh}"
  here=$BATS_TEST_DIRNAME
  bsp=$BOARDS/bsp
  l4t=$BOARDS/shell/Linux_for_Tegra
  src=$l4t/source
  kernel=$src/kernel/kernel-jammy-src
  release=$(cat "$bsp/kernelversion")-rt-tegra
}

phase() (
  set -o pipefail
  "$here/shell.sh" "$bsp" "$BOARDS/shell" "$@" | tee -a "$BOARDS/took"
)

vermagic() { modinfo -F vermagic "$1" | sed 's/ *$//'; }

@test "extracted, edited, configured" {
  rm -rf "$BOARDS/shell" "$BOARDS/took"
  phase extract edit configure
  grep -q 'LINK_WAIT_MAX_RETRIES.200$' "$kernel/drivers/pci/controller/dwc/pcie-designware.h"
  grep -q 'root=/dev/nvme0n1p1"$' "$l4t/p3767.conf.common"
}

@test "kernel, modules, device trees, drivers of the vendors" {
  phase kernel modules dtbs vendor overlay
  [ "$(cat "$kernel/include/config/kernel.release")" = "$release" ]
}

@test "vermagic has modversions, and is the same in every module" {
  for ko in "$src"/nvidia-oot/drivers/gpu/host1x/host1x.ko "$src"/nvgpu/drivers/gpu/nvgpu/nvgpu.ko "$src"/hwpm/drivers/tegra/hwpm/nvhwpm.ko \
    "$src"/nvdisplay/kernel-open/nvidia{,-modeset,-drm}.ko "$src"/axelera/axelera-driver/metis.ko \
    "$src"/stereolabs/drivers/stereolabs/sl_zedx.ko; do
    [ "$(vermagic "$ko")" = "$release SMP preempt_rt mod_unload modversions aarch64" ]
  done
}

@test "both routes give one overlay" {
  overlay=tegra234-p3768-camera-zedlink-mono-sl-overlay
  for route in direct registered; do dtc -q -I dtb -O dts -s "$BOARDS/shell/$route/$overlay.dtbo" >"$BATS_TEST_TMPDIR/$route"; done
  diff "$BATS_TEST_TMPDIR/direct" "$BATS_TEST_TMPDIR/registered"
  fdtoverlay -i "$l4t/kernel/dtb/tegra234-p3768-0000+p3767-0000-nv.dtb" -o "$BATS_TEST_TMPDIR/merged.dtb" \
    "$BOARDS/shell/direct/$overlay.dtbo"
  fdtget "$BATS_TEST_TMPDIR/merged.dtb" /bus@0/i2c@3180000/sl_deser@48 compatible | grep -q stereolabs,max9296
}

@test "NVIDIA's own call makes an overlay with nothing in it: BUILDOVERLAY is not said (B-4)" {
  make -s -C "$src" dtbs KERNEL_HEADERS="$kernel"
  empty=$src/kernel-devicetree/generic-dts/dtbs/tegra234-p3768-camera-zedlink-mono-sl-overlay.dtbo
  [ -s "$empty" ]
  ! dtc -q -I dtb -O dts "$empty" | grep -q fragment@ || return 1
  dtc -q -I dtb -O dts "$BOARDS/shell/direct/$(basename "$empty")" | grep -q fragment@
}

@test "without -undef the preprocessor eats linux,pci-domain (finding 6)" {
  hw=$src/hardware/nvidia
  cpp -E -DLINUX_VERSION=600 -x assembler-with-cpp -nostdinc -I "$hw/t23x/nv-public" -I "$hw/t23x/nv-public/include/kernel" \
    -I "$hw/t23x/nv-public/include/nvidia-oot" -I "$hw/t23x/nv-public/include/platforms" -I "$hw/tegra/nv-public" -I "$kernel/include" \
    "$hw/t23x/nv-public/nv-platform/tegra234-p3768-0000+p3767-0000-nv.dts" | grep -q '1,pci-domain'
  fdtget "$l4t/kernel/dtb/tegra234-p3768-0000+p3767-0000-nv.dtb" /bus@0/pcie@14100000 linux,pci-domain | grep -qx 1
}

@test "the display driver refuses a realtime kernel that nobody vouches for" {
  run env -u IGNORE_PREEMPT_RT_PRESENCE make -C "$src/nvdisplay/kernel-open" SYSOUT="$kernel" sanity
  [ "$status" != 0 ]
  [[ $output == *"PREEMPT_RT kernel"* ]]
}

@test "installed: depmod finds every symbol, the overlay is where extlinux says" {
  phase install
  [ -s "$l4t/rootfs/lib/modules/$release/modules.dep" ]
  [ -s "$l4t/rootfs/lib/modules/$release/updates/drivers/stereolabs/sl_zedx.ko" ]
  overlay=$(sed -n 's/^ *OVERLAYS //p' "$l4t/rootfs/boot/extlinux/extlinux.conf")
  [ -f "$l4t/rootfs$overlay" ] # without the line it is the root
  [ -s "$l4t/rootfs$overlay" ]
}

@test "the headers package holds programs of this machine, which the target cannot run (V-3)" {
  phase headers
  deb=$(echo "$l4t"/staging/kernel-headers/linux-headers-*.deb)
  dpkg-deb --fsys-tarfile "$deb" | tar -xO --wildcards '*/scripts/basic/fixdep' >"$BATS_TEST_TMPDIR/fixdep"
  readelf -h "$BATS_TEST_TMPDIR/fixdep" | grep -q X86-64
}

@test "apply_binaries.sh puts the stock kernel over what was built (F-3)" {
  cp -al "$l4t" "$BATS_TEST_TMPDIR/l4t"
  cp --remove-destination "$l4t/rootfs/boot/Image" "$BATS_TEST_TMPDIR/l4t/rootfs/boot/Image"
  "$BATS_TEST_TMPDIR/l4t/apply_binaries.sh"
  grep -q 'stock, a stand-in' "$BATS_TEST_TMPDIR/l4t/rootfs/boot/Image"
  stock=$(cat "$bsp/kernelversion")-tegra
  vermagic "$BATS_TEST_TMPDIR/l4t/rootfs/lib/modules/$stock/updates/nvidia.ko" | grep -q ' preempt '
}
