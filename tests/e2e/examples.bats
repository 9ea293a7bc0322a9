#!/usr/bin/env bats
# Every example runs: all built, then all cached. Those with containers share the kernel test's store,
# so that the image is made once.

load helper

examples=$BATS_TEST_DIRNAME/../../examples

run_twice() {
  run jkr run "$examples/$1.lua" -o "out-$1" --progress plain
  echo "$output"
  [ "$status" = 0 ]
  run jkr plan "$examples/$1.lua" --fail-if-changes
  echo "$output"
  [ "$status" = 0 ]
}

@test "hello" {
  run_twice hello
  [ "$(cat out-hello/hello.txt)" = hello ]
  jkr ls builds "$examples/hello.lua" | grep -q 'of the last run'
}

@test "options" {
  run_twice options
  grep -q PREEMPT_RT out-options/kernel.txt
  jkr run "$examples/options.lua" -D rt=false -D camera=none -o other
  grep -qx PREEMPT other/kernel.txt
  [ ! -e other/camera.txt ]
  # only what the option ends up in runs again
  [ "$(state pcie "$examples/options.lua" -D rt=false)" = cached ]
  run jkr check "$examples/options.lua" -D camera=trio
  [ "$status" = 2 ]
}

@test "tree" {
  run_twice tree
  grep -q 'RETRIES 200' out-tree/driver.c
  grep -q 'WAIT_MS 10' out-tree/driver.c
  [ "$(tar -tf out-tree/src.tar.zst | sort | tr '\n' ' ')" = "VERSION driver.c " ]
}

@test "debian-source" {
  run_twice debian-source
  grep -q 'hello, board' out-debian-source/greeting.c
  run jkr log "$examples/debian-source.lua" debian
  [[ $output == *politely.patch*'A. Packager'*'say whom it greets'* ]]
}

@test "kernel-image" {
  run_twice kernel-image
  [ "$(cd out-kernel-image && echo *)" = "Image-6.12.1-board System.map-6.12.1-board config-6.12.1-board" ]
  cp -r "$examples/kernel-image.lua" "$examples/files" .
  printf '\1' | dd of=files/kernel/Image conv=notrunc bs=1 seek=57 status=none
  run jkr run kernel-image.lua
  [ "$status" = 3 ]
  [[ $output == *'the magic at byte 56 is not there'* ]]
}

@test "an oops, decoded" {
  jkr decode "$examples/files/oops/oops.txt" "$examples/files/oops" | tee out
  grep -q 'board_probe+0x14/0x30 (0xffff8000800101f4)' out
  grep -q '<ffff800080010150 (platform_probe+0x50)>' out
}

@test "git" {
  export HOME=$work
  git init -q -b main up && echo text >up/README && git -C up add README
  git -C up -c user.name=a -c user.email=a@b commit -qm first && git -C up tag v1
  cp "$examples/git.lua" .
  run_it() { jkr "$@" git.lua -D "url=file://$PWD/up" -D ref=v1; }
  run_it run -o out && [ "$(cat out/README)" = text ]
  run_it plan --fail-if-changes
  grep -q "\"git:file://$PWD/up#v1\": {\"pin\": \"$(git -C up rev-parse v1)\"}" jkr.lock
  [ "$(jkr ls refs git.lua -D "url=file://$PWD/up" -D ref=v1 --format json |
    json '[r["state"] for r in d["repositories"][0]["refs"] if r["name"] == "v1"][0]')" = pinned ]
}

@test "edited: a checkout, a build from it, its commit as a patch" {
  cp -r "$examples" copy && examples=$PWD/copy
  run_twice edited
  grep -q 'RETRIES 200' out-edited/driver.c
  jkr edit copy/edited.lua src mine -q
  sed -i 's/WAIT_MS 1$/WAIT_MS 30/' mine/driver.c
  jkr run copy/edited.lua --with src=mine -q -o dirty
  grep -q 'WAIT_MS 30' dirty/driver.c
  git -C mine -c user.name=Bob -c user.email=bob@example.org commit -qam 'driver: wait longer'
  jkr refresh copy/edited.lua src mine -q
  [ "$(tail -1 copy/files/edited/series)" = 0002-driver-wait-longer.patch ]
  jkr run copy/edited.lua -q -o clean
  cmp dirty/driver.c clean/driver.c
}

@test "plugins" {
  run_twice plugins
  grep -q greetings out-plugins/GREETING
}

@test "board and two-boards" {
  run_twice board
  run_twice two-boards
  [ "$(cat out-two-boards/etc/right/hostname)" = right ]
  [ ! -e out-two-boards/etc/right/console ]
}

@test "compile" {
  export JKR_STORE=$BATS_TEST_DIRNAME/../../build/check-store
  run_twice compile
  [[ $(readelf -h out-compile/driver.o) == *AArch64* ]]
}

@test "configure: every way to a configuration is planned" {
  run jkr plan "$examples/configure.lua" --format json
  echo "$output"
  [ "$status" = 0 ]
  for way in goals preset library defconfig saved; do
    [ "$(json "sum(s['name'] == '$way/honoured' for s in d['steps'])" <<<"$output")" = 1 ]
  done
  [ "$(json "sum(s['name'].endswith('/build') for s in d['steps'])" <<<"$output")" = 0 ]
}

@test "overlay" {
  export JKR_STORE=$BATS_TEST_DIRNAME/../../build/check-store
  run_twice overlay
  [[ $(fdtdump out-overlay/sensor.dtbo 2>/dev/null) == *'i2c0 = "/fragment@0:target:0"'* ]]
}
