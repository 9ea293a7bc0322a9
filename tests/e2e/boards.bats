#!/usr/bin/env bats
# The recipes of boards as far as a plan goes: staged inputs, options, profiles, plugins. Building them is tests/boards.

load helper
load boards

# steps ARGUMENT…: the names of a recipe's steps, one a line
steps() { jkr plan "$@" --profile dummies --format json | json '"\n".join(s["name"] for s in d["steps"])'; }

@test "every recipe of a board or a driver loads, alone and imported" {
  staged
  for recipe in orin-nx-rt orin-nano metis zedx l4t; do jkr check "recipes/$recipe.lua"; done
}

@test "the boards that need no vendor load, small and full; the Raspberry Pis with either tree" {
  staged
  for recipe in qemu-arm64 vexpress x86-64 riscv64 raspberrypi4 raspberrypi3; do
    for full in false true; do jkr check "recipes/$recipe.lua" -D full=$full; done
  done
  jkr check recipes/qemu.lua
  for recipe in raspberrypi4 raspberrypi3; do
    jkr ls steps "recipes/$recipe.lua" >vendor
    jkr ls steps "recipes/$recipe.lua" --profile raspberrypi-debian >debian
    grep -q git_checkout vendor
    no grep -q git_checkout debian
    grep -q dtbo_compile debian
  done
}

@test "the profiles that come with the boards: one without cameras, one with the stock preemption model" {
  staged
  jkr ls steps recipes/orin-nx-rt.lua --profile no-camera >all
  no grep -q zedx: all
  jkr ls options recipes/orin-nx-rt.lua --profile preempt >all
  grep -q '^ *rt .*false' all
  jkr check recipes/orin-nano.lua --profile no-camera
  # the second board's options are those of the first, below its name
  jkr check recipes/orin-nano.lua -D board.rt=false
  run jkr check recipes/orin-nano.lua -D rt=false
  [ "$status" = 2 ]
  [[ $output == *"did you mean \`board.rt\`?"* ]]
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
  [ "$(json '[c["ok"] for c in d["checks"] if c["id"] in ("bsp", "zedx:vendor-tree")]' <<<"$output")" = "[True, True]" ]
  rm -r downloads/ZEDX-driver downloads/JETSON*
  run jkr doctor recipes/orin-nx-rt.lua --profile dummies --format json
  [ "$status" = 6 ]
  [ "$(json 'sorted(c["id"] for c in d["checks"] if c["required"] and not c["ok"])' <<<"$output")" = "['bsp', 'zedx:driver', 'zedx:vendor-tree']" ]
  # the line that mends is the recipe's own, and is said once
  [ "$(json '[(c["mend"], "download" in c["found"].split("(looked in")[0]) for c in d["checks"] if c["id"] == "bsp"]' <<<"$output")" = \
    "[('download it from https://developer.nvidia.com/embedded/jetson-linux-r3643 (NVIDIA asks for a login)', False)]" ]
}

@test "doctor reads staged files whole: another file under the right name is found, and says what was wanted" {
  staged
  echo 'another release' >downloads/public_sources.tbz2
  run jkr doctor recipes/orin-nx-rt.lua --profile dummies --format json
  [ "$status" = 6 ]
  [ "$(json '[(c["id"], "/downloads/public_sources.tbz2: sha256:" in c["found"] and "wanted sha256:" in c["found"], "of another release: download it from" in c["mend"]) for c in d["checks"] if c["required"] and not c["ok"]]' <<<"$output")" = "[('public-sources', True, True)]" ]
  # one that nothing pins is said to be so
  [ "$(json '["not pinned yet" in c["found"] for c in d["checks"] if c["id"] == "sample-rootfs"]' <<<"$output")" = "[True]" ]
}

@test "a vendor tree that is half unpacked counts as not staged: doctor, plan and run say what it lacks (B-5)" {
  staged
  rm -r downloads/ZEDX-driver/src/hardware/stereolabs/Utils
  run jkr doctor recipes/orin-nx-rt.lua --profile dummies
  [ "$status" = 6 ]
  [[ $output == *"holds no \`src/hardware/stereolabs/Utils\`"* ]]
  run jkr run recipes/orin-nx-rt.lua --profile dummies -q
  [ "$status" = 6 ]
  [[ $output == *"holds no \`src/hardware/stereolabs/Utils\`"* ]]
  [ ! -d "$JKR_STORE/results" ] || [ -z "$(ls "$JKR_STORE/results")" ]
  jkr check recipes/orin-nx-rt.lua --profile dummies -D camera=none
}

@test "doctor looks at what a team's plugin lists, also where no step takes it in, and refuses a list of work" {
  staged
  mkdir -p team/lidar
  echo 'name: lidar' >team/lidar/plugin.yaml
  echo 'return { doctor = { fetch "licence" { file = "lidar.lic", get = "ask the vendor" } } }' >team/lidar/plugin.lua
  run jkr doctor recipes/orin-nx-rt.lua --plugin team/lidar --profile dummies --format json
  [ "$status" = 6 ]
  [ "$(json '[c["ok"] for c in d["checks"] if c["id"] == "lidar:licence"]' <<<"$output")" = "[False]" ]
  echo yes >downloads/lidar.lic
  jkr doctor recipes/orin-nx-rt.lua --plugin team/lidar --profile dummies >said
  grep -q 'ok .*lidar:licence' said
  # a run has no use for it
  no grep -q lidar <<<"$(steps recipes/orin-nx-rt.lua --plugin team/lidar || echo lidar)"
}

@test "doctor with a recipe looks at room, inodes, memory, names, and what the images are for" {
  staged
  jkr doctor recipes/orin-nx-rt.lua --profile dummies --format json >said || true
  for id in disk inodes case memory room; do [ "$(json "[c['id'] for c in d['checks']].count('$id')" <said)" = 1 ]; done
  json 'all(c["mend"] for c in d["checks"] if not c["ok"])' <said | grep -qx True
  # the disk that the store will be on, also before it is there, and by --store
  json '[c["found"] for c in d["checks"] if c["id"] in ("disk", "room")]' <said | grep -q " in $work"
  mkdir other
  jkr doctor --store "$PWD/other/none/store" --format json >said || true
  json '[c["found"] for c in d["checks"] if c["id"] == "disk"]' <said | grep -q " free in $PWD/other'"
  sed -i 's/^  arch: amd64/  arch: armel/' toolchains/bootlin-aarch64-2022.08.yaml
  run jkr doctor recipes/orin-nx-rt.lua --profile dummies --format json
  [ "$status" = 6 ]
  [[ $output == *"its programs are for armel"* ]]
  # a mount below /dev/shm, as a program that was killed leaves one: mmdebstrap cannot bind the folder without it
  # shellcheck disable=SC2016
  shm() { unshare -Urm sh -c 'mount -t tmpfs x /dev/shm && mkdir /dev/shm/sub && { [ -z "$1" ] || mount -t tmpfs x /dev/shm/sub; } && exec unshare -U "$0" doctor' "$JKR" "$1" || true; }
  shm "" | grep -q 'ok      shm '
  shm sub | grep -A 2 'absent  shm ' | grep -q '/dev/shm/sub is mounted'
}

@test "a vendor tree that a board can do without is skipped, and plan says which, and what is skipped with it" {
  staged
  jkr plan recipes/orin-nx-rt.lua --profile dummies --format json >all
  for name in axelera:voyager-sdk zedx:sdk zedx:daemons firmware; do
    [ "$(json "[(s['state'], 'is not staged' in s['reason']) for s in d['steps'] if s['name'] == '$name']" <all)" = "[('skipped', True)]" ]
  done
  mkdir downloads/voyager-sdk && echo x >downloads/voyager-sdk/README
  jkr plan recipes/orin-nx-rt.lua --profile dummies --format json >all
  [ "$(json "[s['state'] for s in d['steps'] if s['name'] == 'axelera:voyager-sdk']" <all)" = "['run']" ]
}

@test "the drivers of the cameras: the makefile that a patch makes, the card's deserializer, and no file null" {
  staged
  local card
  for card in mono=MAX9296 duo=MAX96712; do
    jkr run recipes/zedx.lua source --profile sources -D "camera=${card%=*}" -q -o "$card"
    [ -s "$card/Makefile" ]
    [ -s "$card/Makefile-dkms" ]
    [ -z "$(find "$card" -name null)" ]
    [ "$(grep -o 'DCONFIG_SL_DESER_.*' "$card/drivers/Makefile")" = "DCONFIG_SL_DESER_${card#*=}" ]
  done
}

# anew OPTION…: of the sources, the configuration that is asked for and what is shipped, the steps that an option makes again
anew() {
  jkr plan recipes/orin-nx-rt.lua --profile dummies --format json "$@" | json '" ".join(sorted({s["name"].split("/")[0]
    for s in d["steps"] if s["state"] in ("run", "after") and s["name"].split("/")[0] in ("unpacked", "source", "asked", "shipped", "zedx:source", "bsp", "sample-rootfs", "public-sources", "zedx:vendor-tree", "axelera:vendor-tree", "zedx:driver", "metis:driver")}))'
}

# as_before OPTION…: an option makes none of them again
as_before() {
  local made
  made=$(anew "$@") || made="no plan"
  [ -z "$made" ] || { echo "made again with '$*': $made"; return 1; }
}

@test "a changed option makes again what depends on it, and nothing else" {
  shaped
  jkr run recipes/orin-nx-rt.lua source asked shipped zedx:source metis:driver --profile dummies -q
  as_before
  [ "$(anew -D rt=false)" = asked ]
  [ "$(anew -D camera=duo)" = "asked zedx:source" ]
  as_before -D camera=none # what is without it was a part of what is with it
  [ "$(anew -D link_retries=100)" = source ]
  [ "$(anew -D cma_size=1024)" = asked ]
  [ "$(anew -D dmabuf=false)" = asked ]
  [ "$(anew -D isolated_cores=)" = asked ]
  [ "$(anew -D metis=none)" = "asked source" ]
  for unconcerned in storage=sda1 route=registered initrd=true batch=batch-07 localversion=-x-tegra module=p3767-0001; do
    as_before -D $unconcerned
  done
}

@test "an option that is set back finds its results again; a changed patch of a vendor unpacks nothing" {
  shaped
  sources() { jkr run recipes/orin-nx-rt.lua source asked shipped zedx:source metis:driver --profile dummies -q "$@"; }
  sources
  sources -D camera=duo -D rt=false
  as_before
  sed -i 's/MAX_LANES 8/MAX_LANES 6/' downloads/ZEDX-driver/nvidia_kernel/kernel_patches/R36.4/0001-camera-eight-lanes.patch
  [ "$(anew)" = "source zedx:driver zedx:source zedx:vendor-tree" ]
}

@test "the sources as the recipe leaves them: retries, symbols, overlays registered once, the vendor's patches in" {
  shaped
  jkr run recipes/orin-nx-rt.lua source asked --profile dummies -q -o out
  k=out/kernel/kernel-jammy-src
  grep -qx $'#define LINK_WAIT_MAX_RETRIES\t200' $k/drivers/pci/controller/dwc/pcie-designware.h
  grep -q 'source "drivers/misc/axelera/Kconfig"' $k/drivers/misc/Kconfig
  grep -q 'MAX_LANES 8' out/nvidia-oot/drivers/media/platform/tegra/camera/camera_common.h
  grep -qx 'dtbo-y += tegra234-p3768-camera-zedlink-mono-sl-overlay.dtbo' out/hardware/nvidia/t23x/nv-public/Makefile
  grep -q 'vpcie3v3-supply = <&vdd_3v3_pcie>;' out/hardware/nvidia/t23x/nv-public/tegra234-p3768-0000.dtsi
  [ -z "$(find out -name null)" ]
  # the link to nvethernetrm leads to where it is mounted, in both places of nvidia-oot
  for at in /jkr/ext /jkr/l4t/nvidia-oot; do
    to=$(realpath -m "$at/drivers/net/ethernet/nvidia/nvethernet/../../../../../../nvethernetrm")
    grep -qF "[\"$to\"] = src / \"nvethernetrm\"" "$bsp/../../../stdlib/l4t_modules.lua"
  done
}

@test "nobody's ssh keys, accounts or passwords are among what the recipe adds" {
  staged
  [ -z "$(find recipes/orin-nx-rt plugins/axelera plugins/zedx -name '*host_key*' -o -name shadow -o -name passwd -o -name authorized_keys)" ]
  no grep -rnE 'ssh-keygen|host_key|useradd|chpasswd' recipes/orin-nx-rt.lua recipes/orin-nx-rt plugins/axelera plugins/zedx
}

@test "options take drivers away, and change what only they concern" {
  staged
  all=$(steps recipes/orin-nx-rt.lua)
  for name in metis:module/build zedx:modules/build zedx:overlay linux/honoured headers modules archive; do
    grep -qx "$name" <<<"$all"
  done
  ! grep -q '^initrd' <<<"$all" || return 1
  none=$(steps recipes/orin-nx-rt.lua -D camera=none -D metis=none)
  ! grep -qE '^(zedx|metis|axelera):' <<<"$none" || return 1
  no grep -q '^metis:' <<<"$(steps recipes/orin-nx-rt.lua -D metis=in-tree || echo metis:)"
  no grep -q '^zedx:overlay' <<<"$(steps recipes/orin-nx-rt.lua -D route=registered || echo zedx:overlay)"
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

@test "a plugin adds to the modules before they get their indexes, and to the root file system" {
  staged
  mkdir -p team/lidar
  echo 'name: lidar' >team/lidar/plugin.yaml
  echo 'return { post_build = { write { path = "lib/lidar", text = "a" } }, pre_bundle = { write { path = "rootfs/etc/lidar", text = "b" } } }' >team/lidar/plugin.lua
  all=$(steps recipes/orin-nx-rt.lua --plugin team/lidar)
  grep -qx built/2-write <<<"$all"
  grep -qE '^bake/[0-9]+-write$' <<<"$all"
  jkr plan recipes/orin-nx-rt.lua --plugin team/lidar --profile dummies --format json | json '[s["inputs"] for s in d["steps"] if s["name"] == "modules/modules"]' >takes
  grep -q built/2-write takes
}

@test "cma= never reaches the command line, and isolated cores go with their symbols" {
  staged
  ! grep -n 'cma=' recipes/orin-nx-rt.lua | grep -v 'never cma=' || return 1
  jkr check recipes/orin-nx-rt.lua -D isolated_cores=
  run jkr check recipes/orin-nx-rt.lua -D cma_size=100
  [ "$status" = 2 ]
}

@test "of 169 symbols of the shell pipeline, those that this kernel cannot honour are named with the reason" {
  staged
  for symbol in ARM64_BTI_KERNEL EDAC_TEGRA HARDLOCKUP_DETECTOR TCP_CONG_BBR DEFAULT_TCP_CONG KMEMLEAK; do
    grep -q "^#    $symbol" recipes/orin-nx-rt/core.config
    ! grep -q "^CONFIG_$symbol=" recipes/orin-nx-rt/*.config || return 1
  done
  ! grep -n 'allow =' recipes/*.lua || return 1
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

@test "what a step writes over its inputs is thrown away, and its /tmp is its own" {
  make_image
  mkdir vendor && echo theirs >vendor/Makefile
  { head_of; cat <<'LUA'
local tree = copy "tree" { "vendor" }
local a = run_in_container "a" { "sh", "-c", "echo mine > /jkr/v/Makefile; echo mine > /jkr/v/new; echo x > /tmp/fixed; cat /jkr/v/Makefile > said",
  toolchain = img, mounts = { ["/jkr/v"] = tree } }
local b = run_in_container "b" { "sh", "-c", "cat /jkr/v/* /jkr/a/said; [ ! -e /tmp/fixed ] && echo none", toolchain = img,
  mounts = { ["/jkr/v"] = tree, ["/jkr/a"] = a }, capture = "seen" }
return bundle "all" { b / "seen" }
LUA
  } >c.lua
  jkr run c.lua -q -o out
  [ "$(cat out/seen)" = $'theirs\nmine\nnone' ]
  [ "$(cat vendor/Makefile)" = theirs ] && [ ! -e vendor/new ] && [ ! -e /tmp/fixed ]
}

@test "what docs/coming-from-shell.md names as shown is shown by a test of that name" {
  top=$BATS_TEST_DIRNAME/../..
  run "$BATS_TEST_DIRNAME/named.py" "$top"
  echo "$output"
  [[ $output =~ ^[0-9]+' found'$ ]]
  # one that is not there is told
  mkdir -p other/docs other/tests/errors
  cp "$top/docs/coming-from-shell.md" other/docs/
  [ "$("$BATS_TEST_DIRNAME/named.py" other | wc -l)" -gt 50 ]
}

@test "commands that docs/coming-from-shell.md names are commands, and what it lists can be listed" {
  staged
  doc=$BATS_TEST_DIRNAME/../../docs/coming-from-shell.md
  words=$(grep -o '`jkr [a-z]*' "$doc" | sed 's/.* //' | sort -u)
  [ "$(wc -l <<<"$words")" -gt 10 ]
  for word in $words; do jkr "$word" --help >/dev/null; done
  while read -r kind; do jkr ls "$kind" recipes/orin-nx-rt.lua >/dev/null; done < <(grep -o '`jkr ls [^ `]*' "$doc" | sed 's/.* //')
}
