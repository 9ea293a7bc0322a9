#!/usr/bin/env bats
# A real kernel: Debian's source, patched, configured, compiled for arm64 in a container, with a module
# and an overlay, booted in QEMU. One store below build/ for all tests, in the order of the file.

setup() {
  : "${JKR:?the program under test}"
  export NO_COLOR=1 JKR_STORE=${KERNEL_STORE:-$BATS_TEST_DIRNAME/../../build/check-store}
  cd "$BATS_TEST_DIRNAME/../.." || return 1
}

json() { python3 -c 'import json, sys; d = json.load(sys.stdin); print(eval(sys.argv[1]))' "$1"; }

@test "the kernel is built and boots with module and overlay" {
  run "$JKR" run qemu-arm64-rt.lua -o build/check-out
  echo "$output"
  [ "$status" = 0 ]
  [ -s build/check-out/Image ]
  log=$("$JKR" log qemu-arm64-rt.lua virt)
  [[ $log == *"PREEMPT_RT"* ]]
  [[ $log == *"jkr: this kernel was built from a recipe"* ]]
  [[ $log == *"hello: loaded"* ]]
  [[ $log == *"hello-node: ok, hello from the overlay"* ]]
}

@test "a second run has nothing to do" {
  run "$JKR" plan qemu-arm64-rt.lua --format json
  [ "$(json 'd["summary"]["cached"] == len(d["steps"])' <<<"$output")" = True ]
}

@test "new driver: the module is built for that kernel, and loads in it" {
  folder=$BATS_TEST_DIRNAME/../../build/check-new
  rm -rf "$folder" && mkdir "$folder"
  # the kernel of the first test, as a board has it
  sed '/^local hello /,$d' recipes/qemu-arm64-rt.lua >"$folder/board.lua"
  # shellcheck disable=SC2016
  echo 'return bundle "board" { use "led-strip.lua" { kernel = linux } }' >>"$folder/board.lua"
  cp -a recipes/qemu-arm64-rt "$folder/"
  cp jkr.lock "$folder" 2>/dev/null || true
  "$JKR" -C "$folder" new driver led-strip -q
  run "$JKR" plan "$folder/board.lua" linux/build --fail-if-changes
  [ "$status" = 0 ]
  run "$JKR" run "$folder/board.lua" -o "$folder/out"
  echo "$output"
  [ "$status" = 0 ]
  [ -n "$(find "$folder/out" -name 'led_strip.ko*')" ]
  "$JKR" log "$folder/board.lua" led-strip:loads/console | grep -q 'led_strip: loaded'
}

@test "one change to a kernel tree adds a few files to the store, not 78,000" {
  "$JKR" run "$BATS_TEST_DIRNAME/thin.lua" -D word=one
  before=$("$JKR" cache stat --format json | json 'd["files"]')
  [ "$before" -gt 78000 ]
  "$JKR" run "$BATS_TEST_DIRNAME/thin.lua" -D word=two
  after=$("$JKR" cache stat --format json | json 'd["files"]')
  [ "$((after - before))" -gt 0 ]
  [ "$((after - before))" -lt 5 ]
  # back to the first word: everything is there still
  run "$JKR" plan "$BATS_TEST_DIRNAME/thin.lua" -D word=one --fail-if-changes
  [ "$status" = 0 ]
}

@test "a dropped symbol fails before the compile, at its line, with the false clause" {
  run "$JKR" run "$BATS_TEST_DIRNAME/unmet.lua"
  echo "$output"
  [ "$status" = 3 ]
  [[ $output == *"unmet.lua:"* ]]
  [[ $output == *"TCP_CONG_BBR"* ]]
  [[ $output == *"INET"* ]]
}

@test "why answers for any symbol: asked, dropped, never asked, unknown" {
  run "$JKR" why "$BATS_TEST_DIRNAME/unmet.lua" CONFIG_TCP_CONG_BBR
  echo "$output"
  [ "$status" = 0 ]
  [[ $output == *"asked for m, got unset: depends on"*"INET"* ]]
  [[ $output == *"asked for at "*"unmet.lua:13"* ]]
  [ "$("$JKR" why "$BATS_TEST_DIRNAME/unmet.lua" CONFIG_TCP_CONG_BBR --format json | json 'd[0]["symbol"], d[0]["asked"][-12:]')" = "('TCP_CONG_BBR', 'unmet.lua:13')" ]
  run "$JKR" why "$BATS_TEST_DIRNAME/unmet.lua" CONFIG_NETFILTER
  [ "$status" = 0 ]
  [[ $output == *"unset (bool), and the recipe does not ask for it: depends on NET, which is n"* ]]
  run "$JKR" why "$BATS_TEST_DIRNAME/unmet.lua" CONFIG_PREMPT_RT
  [ "$status" = 0 ]
  [[ $output == *'no such symbol in this tree; did you mean `PREEMPT_RT`?'* ]]
}

@test "every way to a configuration, as the same make by hand would have it" {
  run "$JKR" run examples/configure.lua -o build/check-configs
  echo "$output"
  [ "$status" = 0 ]
  cd build/check-configs || return 1
  grep -qx CONFIG_PREEMPT=y goals.config
  grep -qx CONFIG_SLAB_FREELIST_HARDENED=y goals.config # of hardening.config
  grep -qx CONFIG_HZ=1000 preset.config
  run grep -q CONFIG_ARCH_TEGRA=y preset.config # only the defconfig sets it
  [ "$status" = 1 ]
  grep -qx CONFIG_TCP_CONG_BBR=y library.config # builtin comes after net
  grep -qx '# CONFIG_DEBUG_FS is not set' defconfig.config
  grep -qx CONFIG_ARCH_TEGRA=y defconfig.config
  grep -Eqx 'CONFIG_LOCALVERSION="-bench-[0-9a-f]{12}"' defconfig.config
  diff <(grep -vE 'BBR|RENO|TCP_CONG' library.config) <(grep -vE 'BBR|RENO|TCP_CONG' saved.config)
  grep -qx CONFIG_TCP_CONG_BBR=m saved.config
}

@test "one changed source file compiles that file; back to the older bytes, the kernel is equal to the one from nothing" {
  warm=$BATS_TEST_DIRNAME/warm.lua
  result() { "$JKR" manifest "$warm" -D "state=$1" | json '[s["result"] for s in d["steps"] if s["name"] == "linux/build"]'; }
  compiled() { "$JKR" log "$warm" linux/build -D "state=$1" | grep -c '^  CC '; } # none at all is a failure as well
  run "$JKR" run "$warm" --fresh
  echo "$output"
  [ "$status" = 0 ]
  [ "$(compiled first)" -gt 300 ]
  run "$JKR" run "$warm" -D state=edited
  echo "$output"
  [ "$status" = 0 ]
  [[ $output == *"linux/kconfig: done"* && $output != *"linux/base: "* && $output != *"linux/config: "* ]]
  [ "$(compiled edited)" -lt 20 ]
  [ "$(result edited)" != "$(result first)" ]
  # the image must not stay the edited one
  "$JKR" run "$warm" -D state=back
  [ "$(compiled back)" -lt 20 ]
  [ "$(result back)" = "$(result first)" ]
}
