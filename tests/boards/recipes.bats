#!/usr/bin/env bats
# The recipes, unchanged, on the look-alike: from the tarballs to the bundle, and what a change rebuilds. Started by check.sh;
# one store below $BOARDS for all tests, in the order of the file.

setup() {
  : "${BOARDS:?started by check.sh}" "${JKR:?the program under test}"
  here=$BATS_TEST_DIRNAME
  project=$BOARDS/project
  export NO_COLOR=1 JKR_STORE=$BOARDS/store JKR_DOWNLOADS=$BOARDS/staged
  release=$(cat "$BOARDS/bsp/kernelversion")-rt-tegra
  [ "$BATS_TEST_NUMBER" = 1 ] || cd "$project" || return 1
}

json() { python3 -c 'import json, sys; d = json.load(sys.stdin); print(eval(sys.argv[1]))' "$1"; }

# timed WHAT COMMAND …: its seconds go to $BOARDS/took
timed() {
  local what=$1 began
  shift
  began=$(date +%s%N)
  "$@" || return
  printf 'jkr %s: %d ms\n' "$what" $((($(date +%s%N) - began) / 1000000)) >>"$BOARDS/took"
}

board() { "$JKR" run orin-nx-rt.lua --profile lookalike -o "$BOARDS/out" "$@"; }
# running: the names of the steps that a plan would run, for certain or perhaps
running() { "$JKR" plan orin-nx-rt.lua --profile lookalike --format json "$@" | json '" ".join(s["name"] for s in d["steps"] if s["state"] in ("run", "after"))'; }

@test "cold, from the tarballs to the bundle" {
  rm -rf "$project" "$JKR_STORE" "$JKR_DOWNLOADS" "$BOARDS/out"
  "$here/project.sh" "$BOARDS/bsp" "$project"
  cp -r "$BOARDS/bsp" "$JKR_DOWNLOADS"
  cd "$project"
  timed cold board
  [ -s "$BOARDS/out/Linux_for_Tegra.tar.zst" ]
}

@test "nothing to do" {
  timed nothing board
  [ -z "$(running)" ]
}

@test "what is in the bundle: kernel, every module with one vermagic, overlay and device tree where extlinux says" {
  rm -rf "$BOARDS/l4t"
  mkdir "$BOARDS/l4t"
  tar --zstd -C "$BOARDS/l4t" --exclude='*/dev/*' -xf "$BOARDS/out/Linux_for_Tegra.tar.zst"
  root=$BOARDS/l4t/Linux_for_Tegra/rootfs
  cmp "$BOARDS/l4t/Linux_for_Tegra/kernel/Image" "$root/boot/Image"
  for m in metis sl_zedx sl_deser host1x nvgpu nvidia nvidia-modeset nvidia-drm nvhwpm; do
    ko=$(find "$root/lib/modules/$release/" -name "$m.ko")
    [ -n "$ko" ]
    [ "$(modinfo -F vermagic "$ko" | sed 's/ *$//')" = "$release SMP preempt_rt mod_unload modversions aarch64" ]
  done
  modinfo "$(find "$root/lib/modules/$release/" -name sl_deser.ko)" | grep -q max9296
  for word in FDT OVERLAYS; do
    [ -s "$root$(sed -n "s/^ *$word //p" "$root/boot/extlinux/extlinux.conf")" ]
  done
  ! grep -q 'cma=' "$root/boot/extlinux/extlinux.conf"
  [ "$(grep -o 'root=' "$root/boot/extlinux/extlinux.conf" | wc -l)" = 1 ]
  [ "$(readlink "$root/lib/modules/$release/build")" = "/usr/src/linux-headers-$release" ]
}

@test "owners, setuid bits, devices and attributes are the input's" {
  in=$BOARDS/bsp/Tegra_Linux_Sample-Root-Filesystem_r36.4.3_aarch64.tbz2
  tar --numeric-owner -tvjf "$in" | awk '{ print $1, $2, $NF }' | sed 's, \./, ,' | grep -E 'usr/bin/su$|var/mail/$|home/ubuntu/$|etc/shadow$|dev/console$' | sort >"$BATS_TEST_TMPDIR/in"
  tar --numeric-owner --zstd -tvf "$BOARDS/out/Linux_for_Tegra.tar.zst" | awk '{ print $1, $2, $NF }' | sed 's, Linux_for_Tegra/rootfs/, ,' |
    grep -E ' (usr/bin/su|var/mail/|home/ubuntu/|etc/shadow|dev/console)$' | sort >"$BATS_TEST_TMPDIR/out"
  diff "$BATS_TEST_TMPDIR/in" "$BATS_TEST_TMPDIR/out"
  zstd -dc "$BOARDS/out/Linux_for_Tegra.tar.zst" | grep -aq SCHILY.xattr.security.capability
}

@test "one patch of a vendor: nothing is unpacked again, and the device trees that it does not touch stay" {
  sed -i 's/MAX_LANES 8/MAX_LANES 6/' "$JKR_DOWNLOADS"/zedx-driver/nvidia_kernel/kernel_patches/R36.4/0001-camera-eight-lanes.patch
  steps=$(running)
  [[ $steps != *untar* ]]
  timed patch board
  modinfo -F vermagic "$BOARDS"/store/layers/*/*/lib/modules/*/updates/drivers/media/platform/tegra/camera/tegra-camera.ko | sort -u | grep -c .
}

@test "one symbol: the kernel is made again, nothing is unpacked" {
  sed -i 's/^CONFIG_PCIEAER=y/# CONFIG_PCIEAER is not set/' fragments/lookalike.config
  [[ $(running) != *untar* ]]
  timed symbol board
}

@test "one overlay: no kernel, no module" {
  sed -i 's/num-links = <1>/num-links = <3>/' "$JKR_DOWNLOADS"/zedx-driver/src/hardware/stereolabs/overlay/tegra234-p3768-camera-zedlink-mono-sl-overlay.dts
  timed overlay board
  "$JKR" log orin-nx-rt.lua --profile lookalike linux/build >/dev/null
}

@test "camera duo changes the deserializer" {
  timed duo board -D camera=duo
}

@test "the drivers' recipes alone, and the second board" {
  "$JKR" run metis.lua --profile lookalike-driver
  "$JKR" run zedx.lua --profile lookalike-driver -D camera=duo
  "$JKR" plan orin-nano.lua --profile lookalike
}
