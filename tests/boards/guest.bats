#!/usr/bin/env bats
# The bundle in QEMU: the kernel of the recipe starts from the root file system that was baked, modprobe finds its modules by
# the indexes that depmod made, and `verify --host` compares the machine with the bundle. Started by check.sh, behind `recipes`,
# whose store it uses; without that it builds everything by itself.

bats_require_minimum_version 1.5.0

setup_file() {
  : "${BOARDS:?started by check.sh}" "${JKR:?the program under test}"
  here=$BATS_TEST_DIRNAME
  export NO_COLOR=1 JKR_STORE=$BOARDS/store JKR_DOWNLOADS=$BOARDS/bsp work=$BOARDS/guest
  rm -rf "$work" && mkdir -p "$work/bin" "$work/l4t" || return 1
  "$here/project.sh" "$BOARDS/bsp" "$work/project" || return 1
  # the packages that the other tests were given
  [ ! -e "$BOARDS/project/jkr.lock" ] || cp "$BOARDS/project/jkr.lock" "$work/project/"
  (cd "$work/project" && "$JKR" run -q orin-nx-rt.lua --profile lookalike -o "$work/out") || return 1
  tar --zstd -C "$work/l4t" --exclude='*/dev/*' -xf "$work/out/Linux_for_Tegra.tar.zst" || return 1
  export root=$work/l4t/Linux_for_Tegra/rootfs
  ssh-keygen -q -t ed25519 -N '' -f "$work/key"
  port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  export port host=ssh://root@127.0.0.1:$port
  "$here/guest.sh" "$root" "$work/l4t/Linux_for_Tegra/kernel/Image" "$work/disk" "$work/key.pub" "$port" "$work/console" 3>&- &
  export guest=$!
  # the ssh that jkr starts, with the guest's key and no trace in the user's own settings
  printf '#!/bin/sh\nexec %s -F none -i %s -o IdentitiesOnly=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=%s/known -o LogLevel=ERROR "$@"\n' \
    "$(command -v ssh)" "$work/key" "$work" >"$work/bin/ssh"
  chmod +x "$work/bin/ssh"
  export PATH=$work/bin:$PATH
  for _ in $(seq 300); do
    ! ssh -o BatchMode=yes -o ConnectTimeout=5 -p "$port" root@127.0.0.1 true 2>/dev/null || return 0
    kill -0 "$guest" || break
    sleep 2
  done
  tail -n 40 "$work/console" >&2
  return 1
}

teardown_file() { [ -z "${guest:-}" ] || kill "$guest"; }

setup() { release=$(cat "$BOARDS/bsp/kernelversion")-rt-tegra; }

on_guest() { ssh -o BatchMode=yes -p "$port" root@127.0.0.1 "$@"; }

@test "the kernel that runs is the recipe's, and realtime" {
  [ "$(on_guest uname -r)" = "$release" ]
  on_guest cat /proc/version | grep -q PREEMPT_RT
  [ "$(on_guest cat /sys/kernel/realtime)" = 1 ]
  on_guest /usr/local/bin/jetson-av-version
}

@test "every module of the bundle loads by its name, with what it needs" {
  find "$root/lib/modules/$release/" -name '*.ko' -printf '%f\n' | sed 's/\.ko$//' | sort >"$BATS_TEST_TMPDIR/names"
  for m in metis sl_zedx sl_deser host1x nvgpu nvidia nvidia-drm nvhwpm; do grep -qx "$m" "$BATS_TEST_TMPDIR/names"; done
  while read -r m; do
    words=()
    [ "$m" != i2c-stub ] || words=(chip_addr=0x48)
    on_guest modprobe "$m" "${words[@]}" </dev/null || { echo "modprobe $m failed" && on_guest dmesg </dev/null | tail -n 5 && return 1; }
  done <"$BATS_TEST_TMPDIR/names"
  on_guest lsmod >"$BATS_TEST_TMPDIR/loaded"
  while read -r m; do grep -q "^$(tr - _ <<<"$m") " "$BATS_TEST_TMPDIR/loaded"; done <"$BATS_TEST_TMPDIR/names"
  # none was forced, none is of another kernel
  run ! grep -E '\([A-Z]*F' <<<"$(on_guest cat /proc/modules)"
  run ! grep -iE 'disagrees about version|version magic|Unknown symbol|BUG:|Call trace' <<<"$(on_guest dmesg)"
}

@test "the headers on the target: the link of lib/modules leads there, and their programs run (V-3)" {
  build=/lib/modules/$release/build
  on_guest "cd $build && [ -e Makefile ] && [ -e Module.symvers ] && [ \"\$(cat include/config/kernel.release)\" = $release ]"
  # one of another machine could not say how it is used
  run on_guest "$build/scripts/basic/fixdep"
  echo "$output"
  [ "$status" = 1 ]
  [[ $output == *Usage:*fixdep* ]]
  # it reads the kernel's symbols, and knows what are none
  on_guest "$build/scripts/mod/modpost -i $build/Module.symvers -o /tmp/symvers && [ -e /tmp/symvers ]"
  run on_guest "echo none >/tmp/none; $build/scripts/mod/modpost -i /tmp/none -o /tmp/symvers 2>&1"
  echo "$output"
  [ "$status" != 0 ]
  [[ $output == *"parse error"* ]]
}

@test "the driver of the accelerator takes a card: QEMU's edu, under its name" {
  on_guest "echo 1234 11e8 >/sys/bus/pci/drivers/metis/new_id"
  on_guest dmesg | grep -q 'metis: ready'
}

@test "a machine that runs the bundle is as it should be; a module that is written over is named, with status 3" {
  run "$JKR" verify "$work/out" --host "$host"
  echo "$output"
  [ "$status" = 0 ]
  on_guest "f=\$(find /lib/modules/$release/ -name metis.ko) && cp \$f /tmp/metis.ko && echo stock >>\$f"
  run "$JKR" verify "$work/out" --host "$host"
  echo "$output"
  [ "$status" = 3 ]
  [[ $output =~ metis.ko' '+differs ]]
}
