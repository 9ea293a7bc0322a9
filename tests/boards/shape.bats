#!/usr/bin/env bats
# The look-alike is shaped as the facts about R36.4.3 say, and is the same bytes each time. Started by check.sh.

setup() {
  : "${BOARDS:?started by check.sh}"
  bsp=$BOARDS/bsp
}

# names ARCHIVE: what is in it
names() { lbzip2 -dc "$1" | tar -t; }

@test "the BSP holds its configurations, tools and the two makefiles that come first" {
  list=$(names "$bsp/Jetson_Linux_r36.4.3_aarch64.tbz2")
  for f in p3767.conf.common jetson-orin-nano-devkit.conf apply_binaries.sh bootloader/extlinux.conf \
    tools/l4t_update_initrd.sh tools/kernel_flash/l4t_initrd_flash.sh source/Makefile source/source_sync.sh \
    kernel/kernel_supplements.tbz2 nv_tegra/bsp_version bootloader/l4t_initrd.img; do
    grep -qx "Linux_for_Tegra/$f" <<<"$list"
  done
}

@test "the initrd holds modules of the stock kernel, and the list of those that it needs" {
  list=$(tar -xjOf "$bsp/Jetson_Linux_r36.4.3_aarch64.tbz2" Linux_for_Tegra/bootloader/l4t_initrd.img | gzip -dc | cpio -t --quiet)
  stock=$(cat "$bsp/kernelversion")-tegra
  for f in init etc/nv-update-initrd/list.d/modules "lib/modules/$stock/kernel/drivers/nvme/host/nvme.ko" "lib/modules/$stock/updates/drivers/gpu/host1x/host1x.ko"; do
    grep -qx "$f" <<<"$list"
  done
}

@test "public_sources nests archives; the makefile in both places is one" {
  list=$(names "$bsp/public_sources.tbz2")
  for f in kernel_src kernel_oot_modules_src nvidia_kernel_display_driver_source; do
    grep -qx "Linux_for_Tegra/source/$f.tbz2" <<<"$list"
  done
  inner=$(tar -xjOf "$bsp/public_sources.tbz2" Linux_for_Tegra/source/kernel_oot_modules_src.tbz2 | tar -xjOf - Makefile | sha256sum)
  outer=$(tar -xjOf "$bsp/Jetson_Linux_r36.4.3_aarch64.tbz2" Linux_for_Tegra/source/Makefile | sha256sum)
  [ "$inner" = "$outer" ]
}

@test "the root file system has owners, setuid bits, devices and an extended attribute" {
  archive=$bsp/Tegra_Linux_Sample-Root-Filesystem_r36.4.3_aarch64.tbz2
  list=$(tar --numeric-owner -tvjf "$archive")
  grep -q '^-rwsr-xr-x 0/0 .* usr/bin/su$' <<<"$list"
  grep -q '^drwxrwsr-x 0/8 .* var/mail/$' <<<"$list"
  grep -q '^drwxr-x--- 1000/1000 .* home/ubuntu/$' <<<"$list"
  grep -q '^-rw-r----- 0/42 .* etc/shadow$' <<<"$list"
  grep -q '^crw------- 0/0 *5,1 .* dev/console$' <<<"$list"
  lbzip2 -dc "$archive" | grep -aq 'SCHILY.xattr.security.capability'
  # nobody's keys are baked
  ! grep -q 'host_key' <<<"$list" || return 1
}

@test "RT is merged in the kernel's tree, which has no rt-patches and the stock number of link retries" {
  list=$(tar -xjOf "$bsp/public_sources.tbz2" Linux_for_Tegra/source/kernel_src.tbz2 | lbzip2 -dc | tar -t)
  ! grep -q rt-patches <<<"$list" || return 1
  ! grep -q 'kernel-jammy-src/localversion' <<<"$list" || return 1
  grep -qx kernel/kernel-jammy-src/drivers/pci/controller/dwc/pcie-designware.h <<<"$list"
  grep -qx generic_rt_build.sh <<<"$list"
}

@test "the toolchain compiles from any folder, for kernel and programs" {
  mkdir -p "$BATS_TEST_TMPDIR/any where"
  tar -C "$BATS_TEST_TMPDIR/any where" -xjf "$bsp/aarch64--glibc--stable-2022.08-1.tar.bz2"
  gcc=$BATS_TEST_TMPDIR/any\ where/aarch64--glibc--stable-2022.08-1/bin/aarch64-buildroot-linux-gnu-gcc
  echo 'int main(void) { return 0; }' >"$BATS_TEST_TMPDIR/x.c"
  env -i PATH=/usr/bin:/bin "$gcc" -static -o "$BATS_TEST_TMPDIR/x" "$BATS_TEST_TMPDIR/x.c"
  env -i PATH=/usr/bin:/bin "$gcc" -o "$BATS_TEST_TMPDIR/y" "$BATS_TEST_TMPDIR/x.c"
  env -i PATH=/usr/bin:/bin "${gcc%gcc}readelf" -h "$BATS_TEST_TMPDIR/x" | grep -q AArch64
}

@test "made twice, it is the same bytes" {
  BSP_CACHE=$BSP_CACHE "$BATS_TEST_DIRNAME/bsp/make.sh" "$BATS_TEST_TMPDIR/again"
  diff "$bsp/SHA256SUMS" "$BATS_TEST_TMPDIR/again/SHA256SUMS"
  for tree in axelera-driver voyager-sdk zedx-driver; do diff -r "$bsp/$tree" "$BATS_TEST_TMPDIR/again/$tree"; done
}
