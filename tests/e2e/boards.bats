#!/usr/bin/env bats
# The recipes of boards as far as a plan goes: staged inputs, options, profiles, plugins. Building them is tests/boards.

load helper

# staged: a project with the repository's recipes, and files under the names of its inputs; their hashes in a profile
staged() {
  local d
  for d in recipes plugins toolchains stdlib; do cp -a "$BATS_TEST_DIRNAME/../../$d" .; done
  touch jkr.yaml
  mkdir -p downloads profiles
  export JKR_DOWNLOADS=$PWD/downloads
  echo bsp >downloads/JETSON_Linux_R36.4.3_aarch64.tbz2
  echo rootfs >downloads/Tegra_Linux_Sample-Root-Filesystem_R36.4.3_aarch64.tbz2
  echo sources >downloads/public_sources.tbz2
  echo gcc >downloads/aarch64--glibc--stable-2022.08-1.tar.bz2
  mkdir -p downloads/{axelera-driver,ZEDX-driver}
  echo all: >downloads/axelera-driver/Makefile
  echo x >downloads/ZEDX-driver/x
  # nothing here asks Debian's archives, which takes long
  mkdir bin
  printf '#!/bin/sh\nexit 100\n' >bin/apt-get
  chmod +x bin/apt-get
  PATH=$PWD/bin:$PATH
  cat >profiles/dummies.yaml <<YAML
pins:
  bsp:
    sha256: $(sum JETSON_Linux_R36.4.3_aarch64.tbz2)
  sources:
    sha256: $(sum public_sources.tbz2)
YAML
}
sum() { sha256sum "downloads/$1" | cut -d ' ' -f 1; }

# steps ARGUMENT…: the names of a recipe's steps, one a line
steps() { jkr plan "$@" --profile dummies --format json | json '"\n".join(s["name"] for s in d["steps"])'; }

@test "every recipe of a board or a driver loads, alone and imported" {
  staged
  for recipe in orin-nx-rt orin-nano metis zedx l4t; do jkr check "recipes/$recipe.lua"; done
}

@test "a required vendor tree that is not there stops the run before anything is built" {
  staged
  rm -r downloads/axelera-driver
  run jkr run recipes/orin-nx-rt.lua --profile dummies -q
  [ "$status" = 6 ]
  [[ $output == *"the folder \`axelera-driver\` is not staged"* ]]
  [ ! -d "$JKR_STORE/results" ] || [ -z "$(ls "$JKR_STORE/results")" ]
}

@test "doctor says which staged inputs are not there, and which of them a build can do without" {
  staged
  run jkr doctor recipes/orin-nx-rt.lua --profile dummies --format json
  [ "$status" = 0 ]
  [ "$(json '[(c["ok"], c["required"]) for c in d["checks"] if c["id"] == "zedx:sdk"]' <<<"$output")" = "[(False, False)]" ]
  [ "$(json '[c["id"] for c in d["checks"] if c["id"] in ("bsp", "zedx:vendor-tree")]' <<<"$output")" = "[]" ]
  rm -r downloads/ZEDX-driver downloads/JETSON*
  run jkr doctor recipes/orin-nx-rt.lua --profile dummies --format json
  [ "$status" = 6 ]
  [ "$(json 'sorted(c["id"] for c in d["checks"] if c["required"] and not c["ok"])' <<<"$output")" = "['bsp', 'plan', 'zedx:driver', 'zedx:vendor-tree']" ]
}

@test "options take drivers away, and change what only they concern" {
  staged
  all=$(steps recipes/orin-nx-rt.lua)
  for name in metis:module/build zedx:modules/build zedx:overlay linux/honoured headers modules archive; do
    grep -qx "$name" <<<"$all"
  done
  ! grep -q '^initrd' <<<"$all"
  none=$(steps recipes/orin-nx-rt.lua -D camera=none -D metis=none)
  ! grep -qE '^(zedx|metis|axelera):' <<<"$none"
  ! steps recipes/orin-nx-rt.lua -D metis=in-tree | grep -q '^metis:'
  ! steps recipes/orin-nx-rt.lua -D route=registered | grep -q '^zedx:overlay'
  steps recipes/orin-nx-rt.lua -D initrd=true | grep -qx initrd
}

@test "the camera of the board, its plugin and its drivers cannot be two" {
  staged
  jkr check recipes/orin-nx-rt.lua -D camera=duo
  cp recipes/orin-nx-rt.lua recipes/board.lua
  sed -i 's/plugin { "zedx", camera = camera }/plugin { "zedx", camera = "mono" }/' recipes/board.lua
  run jkr check recipes/board.lua -D camera=duo
  [ "$status" = 2 ]
  [[ $output == *"option \`zedx.camera\` has another value here"* ]]
}

@test "a team's own plugin adds steps, and one that sets a symbol otherwise is refused with both places" {
  staged
  mkdir -p team/lidar
  echo 'name: lidar' >team/lidar/plugin.yaml
  echo 'return { post_defconfig = { kconfig_append { ".config", symbols = { LIDAR = m } } } }' >team/lidar/plugin.lua
  steps recipes/orin-nx-rt.lua --plugin team/lidar | grep -qx asked/4-kconfig_append
  echo 'return { post_defconfig = { kconfig_append { ".config", symbols = { SL_DESER_MAX9296 = n } } } }' >team/lidar/plugin.lua
  run jkr check recipes/orin-nx-rt.lua --plugin team/lidar
  [ "$status" = 2 ]
  [[ $output == *"symbol \`SL_DESER_MAX9296\` is set to n here, and to m at plugins/zedx/plugin.lua:"* ]]
}

@test "cma= never reaches the command line, and isolated cores go with their symbols" {
  staged
  ! grep -n 'cma=' recipes/orin-nx-rt.lua | grep -v 'never cma='
  jkr check recipes/orin-nx-rt.lua -D isolated_cores=
  run jkr check recipes/orin-nx-rt.lua -D cma_size=100
  [ "$status" = 2 ]
}

@test "of 169 symbols of the shell pipeline, those that this kernel cannot honour are named with the reason" {
  staged
  for symbol in ARM64_BTI_KERNEL EDAC_TEGRA HARDLOCKUP_DETECTOR TCP_CONG_BBR DEFAULT_TCP_CONG KMEMLEAK; do
    grep -q "^#    $symbol" recipes/orin-nx-rt/core.config
    ! grep -q "^CONFIG_$symbol=" recipes/orin-nx-rt/*.config
  done
  ! grep -n 'allow =' recipes/*.lua
}

@test "a staged folder counts by what it holds, without .git" {
  mkdir -p downloads/driver/.git
  export JKR_DOWNLOADS=$PWD/downloads
  echo one >downloads/driver/a
  echo head >downloads/driver/.git/HEAD
  echo 'return fetch "driver" { folder = "DRIVER", get = "ask the vendor" }' >r.lua
  jkr run r.lua -q -o out
  [ "$(find out -type f)" = out/a ]
  [ "$(state driver r.lua)" = cached ]
  echo other >downloads/driver/.git/HEAD
  [ "$(state driver r.lua)" = cached ]
  echo two >downloads/driver/a
  [ "$(state driver r.lua)" = run ]
  rm -r downloads/driver
  run jkr plan r.lua
  [ "$status" = 6 ]
}

@test "a copy follows folders that are links, and sets modes when it is told" {
  mkdir -p root/usr/lib new/lib/modules
  ln -s usr/lib root/lib
  echo m >new/lib/modules/a.ko
  cat >r.lua <<'LUA'
return tree "root" { copy { "root" }, copy { "new", mode = "0600" } }
LUA
  jkr run r.lua -q -o out
  [ "$(readlink out/lib)" = usr/lib ]
  [ "$(stat -c %a out/usr/lib/modules/a.ko)" = 600 ]
}

@test "an edit may find what it would write, and every place where a count is not known" {
  cat >r.lua <<'LUA'
local src = write "src" { path = "h", text = "#define TRIES 10\nx\nx\n" }
return tree "out" {
  src,
  edit { "h", find = "(TRIES) [0-9]+", regex = true, replace = "\\1 10", already = true },
  edit { "h", find = "x", replace = "y", times = 0 },
}
LUA
  jkr run r.lua -q -o out
  [ "$(cat out/h)" = $'#define TRIES 10\ny\ny' ]
}

@test "patches of a folder in a result, those that are chosen, by name" {
  mkdir -p vendor/patches src
  printf 'one\n' >src/f
  printf -- '--- a/f\n+++ b/f\n@@ -1 +1 @@\n-one\n+two\n' >vendor/patches/0001-a.patch
  printf -- '--- a/f\n+++ b/f\n@@ -1 +1 @@\n-two\n+three\n' >vendor/patches/0002-b.patch
  printf 'no patch\n' >vendor/patches/README
  for chosen in '' ', only = "*-a.patch"'; do
    cat >r.lua <<LUA
local vendor = copy "vendor" { "vendor" }
return tree "all" { copy { "src" }, patch { vendor / "patches"$chosen } }
LUA
    jkr run r.lua -q -o "out$chosen"
  done
  [ "$(cat out/f "out$chosen/f")" = $'three\ntwo' ]
}
