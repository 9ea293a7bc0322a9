#!/usr/bin/env bats
# verify --host against a machine that really runs: Debian's arm64 kernel in QEMU, asked over ssh. `make check-boards T=host` runs it alone.

setup_file() {
  : "${JKR:?the program under test}"
  export BOARDS=${BOARDS:-$BATS_TEST_DIRNAME/../../build/boards}
  mkdir -p "$BOARDS" && BOARDS=$(cd "$BOARDS" && pwd)
  export work=$BOARDS/host JKR_STORE=$BOARDS/host-store NO_COLOR=1
  [ "$work/initrd" -nt "$BATS_TEST_DIRNAME/host.sh" ] || "$BATS_TEST_DIRNAME/host.sh" "$BOARDS/host-cache" "$work" >&2
  port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  export host=ssh://root@127.0.0.1:$port
  "$BATS_TEST_DIRNAME/host.sh" --start "$work" "$port" 3>&- &
  export guest=$!
  # the ssh that jkr starts, with the guest's key and no trace in the user's own settings
  mkdir -p "$work/bin"
  printf '#!/bin/sh\nexec %s -F none -i %s -o IdentitiesOnly=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=%s/known -o LogLevel=ERROR "$@"\n' \
    "$(command -v ssh)" "$work/key" "$work" >"$work/bin/ssh"
  chmod +x "$work/bin/ssh"
  export PATH=$work/bin:$PATH
  for _ in $(seq 300); do
    ! ssh -o BatchMode=yes -o ConnectTimeout=5 -p "$port" root@127.0.0.1 true 2>/dev/null || break
    kill -0 "$guest" || return 1
    sleep 2
  done
  export port
  cat >"$work/board.lua" <<'LUA'
recipe "board" { version = "1", license = "MIT", summary = "what the machine was given" }
local all = bundle "all" { "root" }
local list = checksums "batch-01" { all, name = "batch-01.sha256" }
return { all, list, pack "packed" { all, list, name = "board.tar.zst" } }
LUA
  "$JKR" run -q "$work/board.lua" -o "$work/out"
  mkdir -p "$work/packed" && mv "$work/out/board.tar.zst" "$work/packed"
}

teardown_file() { [ -z "${guest:-}" ] || kill "$guest"; }

on_guest() { ssh -o BatchMode=yes -p "$port" root@127.0.0.1 "$@"; }

@test "a machine that runs the bundle is as it should be" {
  release=$(cat "$work/release")
  [ "$(on_guest uname -r)" = "$release" ]
  run "$JKR" verify "$work/out" --host "$host"
  echo "$output"
  [ "$status" = 0 ]
  "$JKR" verify "$work/packed/board.tar.zst" --host "$host"
  [ "$("$JKR" verify "$work/out" --host "$host" --format json | python3 -c 'import json, sys; d = json.load(sys.stdin); print(d["good"], d["equal"] > 10)')" = "True True" ]
}

@test "a module that was written over, one that is gone, one too many and another image are named, with status 3" {
  release=$(cat "$work/release")
  on_guest "cd /lib/modules/$release && mkdir updates && f=\$(find . -name 'tun.ko*') && echo stock >\$f &&
    cp \$f updates/nvgpu.ko && rm \$(find . -name 'loop.ko*') && echo x >>/boot/vmlinuz-$release"
  run "$JKR" verify "$work/out" --host "$host"
  echo "$output"
  [ "$status" = 3 ]
  [[ $output == *'error[E1204]: 4 files'* ]]
  [[ $output =~ /tun.ko[.a-z]*' '+differs ]]
  [[ $output =~ /updates/nvgpu.ko' '+extra ]]
  [[ $output =~ /loop.ko[.a-z]*' '+missing ]]
  [[ $output =~ /boot/vmlinuz-$release' '+differs ]]
}

@test "another kernel than the one that runs is found by its banner" {
  release=$(cat "$work/release")
  rm -rf "$work/other" && cp -r "$work/out" "$work/other"
  python3 - "$work/other/boot/vmlinuz-$release" <<'PY'
import re, sys
data = open(sys.argv[1], "rb").read()
data, n = re.subn(rb"(Linux version [0-9][^\n]*)SMP", rb"\1smp", data)
assert n, "no banner in the image"
open(sys.argv[1], "wb").write(data)
PY
  run "$JKR" verify "$work/other" --host "$host"
  echo "$output"
  [ "$status" = 3 ]
  [[ $output == */proc/version* ]]
}

@test "a machine that is off is status 7" {
  run "$JKR" verify "$work/out" --host ssh://root@127.0.0.1:1
  [ "$status" = 7 ]
}
