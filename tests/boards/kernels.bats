#!/usr/bin/env bats
# The recipes of boards that need no vendor: each kernel built small from Debian's source and booted in QEMU, where its console
# says what it is. One store for all tests, kept for the next time.

bats_require_minimum_version 1.5.0

setup() {
  : "${BOARDS:?started by check.sh}" "${JKR:?the program under test}"
  export NO_COLOR=1 JKR_STORE=$BOARDS/kernels-store
  project=$BOARDS/kernels out=$BOARDS/kernels-out
  [ "$BATS_TEST_NUMBER" = 1 ] || cd "$project" || return 1
}

# built RECIPE OPTION…: it runs, and then has nothing to do
built() {
  local recipe=$1
  shift
  timeout 3600 "$JKR" run "recipes/$recipe.lua" -o "$out/$recipe" --progress plain "$@" >"$BOARDS/kernels.log" 2>&1 ||
    { tail -n 40 "$BOARDS/kernels.log" && return 1; }
  timeout 60 "$JKR" plan "recipes/$recipe.lua" --fail-if-changes "$@"
}

# says RECIPE STEP TEXT…: each text came on the console of that boot
says() {
  local log text
  log=$("$JKR" log "recipes/$1.lua" "$2/console") || return 1
  shift 2
  for text; do [[ $log == *"$text"* ]] || { printf '%s\nis not there: %s\n' "$log" "$text" && return 1; }; done
}

# magic FILE AT BYTES: what stands there, in hex
magic() { [ "$(od -An -tx1 -j "$2" -N $((${#3} / 2)) "$1" | tr -d ' \n')" = "$3" ]; }

@test "x86-64: bzImage, booted; a second run has nothing to do" {
  rm -rf "$project" "$out"
  mkdir -p "$project"
  cp -r "$BATS_TEST_DIRNAME"/../../{recipes,stdlib,toolchains,profiles,examples} "$project/"
  cp "$BATS_TEST_DIRNAME/overlays.lua" "$project/"
  touch "$project/jkr.yaml"
  cd "$project"
  built x86-64
  says x86-64 pc 'init: floating point counts' 'init: done'
  magic "$(echo "$out"/x86-64/bzImage-*)" 514 48647253
}

@test "vexpress: 32-bit arm with hard float; zImage, uImage and device trees" {
  built vexpress
  says vexpress a9 'V2P-CA9' 'init: floating point counts' 'init: done'
  magic "$(echo "$out"/vexpress/zImage-*)" 36 18286f01
  magic "$(echo "$out"/vexpress/uImage-*)" 0 27051956
  [ -s "$out/vexpress/vexpress-v2p-ca9.dtb" ]
}

@test "the tree's own overlays: dtbo_compile gives what make dtbs does, to the byte" {
  timeout 1200 "$JKR" run overlays.lua -o "$out/overlays"
  for name in zynqmp-sck-kv-g-revA zynqmp-sck-kv-g-revB; do
    cmp "$out/overlays/theirs/$name.dtbo" "$out/overlays/ours/$name.dtbo"
  done
}
