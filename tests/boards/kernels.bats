#!/usr/bin/env bats
# The recipes of boards that need no vendor: each kernel built small from Debian's source and booted in QEMU, where its console
# says what it is; and QEMU itself. One store for all tests, kept for the next time.

bats_require_minimum_version 1.5.0

setup_file() {
  : "${BOARDS:?started by check.sh}"
  rm -rf "$BOARDS/kernels" "$BOARDS/kernels-out"
  mkdir -p "$BOARDS/kernels"
  cp -r "$BATS_TEST_DIRNAME"/../../{recipes,stdlib,toolchains,profiles,examples} "$BATS_TEST_DIRNAME/overlays.lua" "$BOARDS/kernels/"
  touch "$BOARDS/kernels/jkr.yaml"
}

setup() {
  : "${JKR:?the program under test}"
  export NO_COLOR=1 JKR_STORE=$BOARDS/kernels-store
  out=$BOARDS/kernels-out jobs=${JOBS:-2}
  cd "$BOARDS/kernels" || return 1
}

json() { python3 -c 'import json, sys; d = json.load(sys.stdin); print(eval(sys.argv[1]))' "$1"; }

# built RECIPE OPTION…: it runs, and then has nothing to do
built() {
  local recipe=$1
  shift
  timeout 3600 "$JKR" run "recipes/$recipe.lua" -j "$jobs" -o "$out/$recipe" --progress plain "$@" >"$BOARDS/kernels.log" 2>&1 ||
    { tail -n 40 "$BOARDS/kernels.log" && return 1; }
  timeout 60 "$JKR" plan "recipes/$recipe.lua" --fail-if-changes "$@"
}

# ran STEP: whether the last run ran it, and did not find its result
ran() { grep -q "\] $1: begins: " "$BOARDS/kernels.log"; }

# found STEP: the last run came to its end without running it
found() { grep -q '\] run ended: ' "$BOARDS/kernels.log" && [ "$(grep -c "\] $1: begins: " "$BOARDS/kernels.log")" = 0 ]; }

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

@test "qemu-arm64: Image, Image.gz and vmlinux, named by release; what was built is listed" {
  built qemu-arm64
  says qemu-arm64 virt '-virt (jkr@jkr)' 'init: floating point counts' 'init: done'
  image=$(echo "$out"/qemu-arm64/Image-*) release=${image##*/Image-}
  magic "$image" 56 41524d64
  cmp "$image" <(gzip -dc "$out/qemu-arm64/Image.gz-$release")
  magic "$out/qemu-arm64/vmlinux-$release" 0 7f454c46
  grep -q ' T _text$' "$out/qemu-arm64/System.map-$release"
  grep -qx CONFIG_ARM64=y "$out/qemu-arm64/config-$release"
  says qemu-arm64 virt "$release"
  "$JKR" ls builds recipes/qemu-arm64.lua linux:kernel/build | tee list
  grep -q -- "$release" list
}

@test "what another option needs is booted only: the kernel is found; its panic is decoded to function, file and line" {
  built qemu-arm64 -D crash=true
  found linux:kernel/build
  "$JKR" log recipes/qemu-arm64.lua -D crash=true crash/console >oops.txt
  grep -q 'Kernel panic - not syncing: sysrq triggered crash' oops.txt
  "$JKR" decode oops.txt recipes/qemu-arm64.lua -D crash=true >decoded
  cat decoded
  grep -q '^ panic+.* (kernel/panic.c:[0-9]' decoded
  # sysrq_handle_crash ends with its call of panic: the kernel itself calls the place behind it by the next function's name
  grep -q '^ __handle_sysrq+.* (drivers/tty/sysrq.c:[0-9]' decoded
}

@test "modules are built elsewhere: the links build and source of lib/modules lead to all that it takes" {
  built qemu-arm64 -D devel=true
  found linux:kernel/build
  links=$(echo "$out"/qemu-arm64/lib/modules/*) release=${links##*/}
  for name in build source; do [ -e "$links/$name/Makefile" ]; done
  [ "$(cat "$links/build/include/config/kernel.release")" = "$release" ]
  cp -r examples/hello-module hello
  timeout 300 make -s -C "$links/build" ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu- M="$PWD/hello" modules
  [[ $(modinfo -F vermagic hello/hello.ko) == "$release "* ]]
}

@test "modules in a chain: one is built with the symbols of the other, and loaded behind it; without them the build fails" {
  timeout 600 "$JKR" run examples/chain.lua -j "$jobs" -o "$out/chain" -q
  modules=$(echo "$out"/chain/lib/modules/*)
  grep -qx 'updates/camera.ko: updates/lens.ko' "$modules/modules.dep"
  log=$("$JKR" log examples/chain.lua virt/console)
  [[ $log == *'init: lens.ko was accepted'*'camera: the lens is at 42'*'init: camera.ko was accepted'* ]]
  run timeout 600 "$JKR" run examples/chain.lua -D known=false -q
  echo "$output"
  [ "$status" = 1 ]
  [[ $output == *'--> examples/chain.lua:10:'*'"lens_focus" [/jkr/ext/camera.ko] undefined!'* ]]
}

@test "riscv64: Image, behind OpenSBI; its release says which build it is" {
  built riscv64
  says riscv64 virt OpenSBI 'riscv-virtio,qemu' 'init: floating point counts' 'init: done'
  magic "$(echo "$out"/riscv64/Image-*)" 56 52534305
  release=$(cd "$out/riscv64" && echo Image-*) && release=${release#Image-}
  [[ $release =~ ^6\.12\.[0-9]+-virt-qemu-[0-9a-f]{12}$ ]]
  says riscv64 virt "Linux version $release "
}

@test "the edit loop: a checkout that an editor can read, one target, a boot of what was edited, patches of the recipe" {
  built x86-64
  tree=$BOARDS/kernels-edit recipe=recipes/x86-64.lua with=--with=linux-source=$BOARDS/kernels-edit
  rm -rf "$tree"
  "$JKR" edit "$recipe" linux-source "$tree" | tee said
  grep -qE '^  compile_commands.json: [0-9]{3} files, as .linux/build. compiled them$' said
  json 'next(c["directory"] + "\n" + c["command"] for c in d if c["file"].endswith("init/version.c"))' <"$tree/compile_commands.json" >words
  { read -r folder && read -r words; } <words
  (cd "$folder" && sh -c "$words -fsyntax-only")

  # never twice the same, for what an earlier run left in the warm directory
  words="edited by hand, $RANDOM$RANDOM"
  sed -i 's/pr_notice("%s", linux_banner);/&\n\tpr_notice("'"$words"'\\n");/' "$tree/init/main.c"
  echo "/* $words */" >>"$tree/init/do_mounts.h"
  timeout 600 "$JKR" run "$recipe" linux/build -t init/main.o -v "$with" >one 2>&1 || { tail -n 20 one && return 1; }
  grep -qE '^ +gcc .* -c -o init/main.o ' one
  "$JKR" plan "$recipe" pc/console "$with" | grep -q dirty
  timeout 600 "$JKR" run "$recipe" pc/console "$with" -j "$jobs" --progress plain >"$BOARDS/kernels.log" 2>&1 ||
    { tail -n 40 "$BOARDS/kernels.log" && return 1; }
  "$JKR" log "$recipe" pc/console "$with" | grep -q "$words"
  [ "$("$JKR" log "$recipe" linux/build "$with" | grep -c '^  CC ')" -lt 20 ]
  "$JKR" why "$recipe" linux/build "$with" | tee said
  grep -qx '  source /jkr/src/init/main.c: 1: init/main.o' said
  grep -q '^  header /jkr/src/init/do_mounts.h: ' said

  git -C "$tree" -c user.name='Ann Board' -c user.email=board@example.org commit -qam 'main: say that it was edited'
  "$JKR" refresh "$recipe" linux-source "$tree" 2>note
  [ ! -s note ] # compile_commands.json, which git ignores, is no edit
  grep -q "^+.*$words" patches/linux-source/0001-*.patch
  grep -q '^From: Ann Board <board@example.org>' patches/linux-source/0001-*.patch
  timeout 60 "$JKR" plan "$recipe" --fail-if-changes # nothing of it came into the recipe's own results
}

@test "livepatch: the function of a kernel that runs is another after the module is loaded" {
  timeout 3600 "$JKR" run examples/livepatch.lua -j "$jobs" -o "$out/livepatch" --progress plain >"$BOARDS/kernels.log" 2>&1 ||
    { tail -n 40 "$BOARDS/kernels.log" && return 1; }
  grep -qx '= cmdline_proc_show fs/proc/cmdline.o' "$out/livepatch/functions"
  grep -qx '+ put_word fs/proc/cmdline.o' "$out/livepatch/functions"
  "$JKR" log examples/livepatch.lua pc/console >console
  [ "$(grep -c '^/proc/cmdline: .*password=secret' console)" = 1 ] # before
  [ "$(grep -c '^/proc/cmdline: .*password=\*\*\*' console)" = 1 ]   # after
  grep -q 'cmdline: read 2 times since it is patched' console
  [ "$(modinfo -F livepatch "$out"/livepatch/lib/modules/*/updates/fix.ko)" = Y ]
}

@test "two boards in one run: one source is unpacked once, and no more is compiled at a time than there are job slots" {
  [ "$("$JKR" plan examples/boards.lua --format json | json '[s["name"] for s in d["steps"] if "untar" in s["name"]]')" = "['source:linux-source/1-untar']" ]
  timeout 3600 "$JKR" run examples/boards.lua -j "$jobs" -o "$out/boards" --progress plain >"$BOARDS/kernels.log" 2>&1 &
  run "$BATS_TEST_DIRNAME/compilers_of.py" $!
  wait $! || { tail -n 40 "$BOARDS/kernels.log" && return 1; }
  read -r most at_once targets <<<"$output"
  # a store that was kept has both kernels, and what was seen when they were built
  if ran raspberrypi4:linux/build && ran raspberrypi3:linux/build; then echo "$most $at_once $jobs $targets" >"$BOARDS/kernels-seen"; fi
  read -r most at_once jobs targets <"$BOARDS/kernels-seen"
  echo "compilers at a time: $most, of targets: $at_once: $targets"
  [ "$most" -le "$jobs" ]
  [ "$targets" = 'aarch64-linux-gnu arm-linux-gnueabihf' ]
  [ "$jobs" = 1 ] || [ "$at_once" = 2 ]
  [ -s "$out/boards/pi4/kernel8.img" ]
  [ -s "$out/boards/pi3/kernel7.img" ]
  timeout 60 "$JKR" plan examples/boards.lua --fail-if-changes
}

# pi NAME KERNEL DTB BOOT: a board's folder is laid out, its kernel boots, and a recipe of several boards left all of it
pi() {
  built "$1" --profile raspberrypi-debian
  found linux/build
  for file in "$2" "$3" config.txt cmdline.txt overlays/spi-on.dtbo; do [ -s "$out/$1/$file" ]; done
  grep -qx "kernel=$2" "$out/$1/config.txt"
  grep -qx dtoverlay=spi-on "$out/$1/config.txt"
  says_of_boards "$@"
}

# says_of_boards NAME KERNEL DTB BOOT: the console, which the run of both boards left
says_of_boards() {
  local log text
  log=$("$JKR" log examples/boards.lua "$1:$4/console")
  for text in 'Raspberry Pi' 'init: floating point counts' 'init: done'; do [[ $log == *"$text"* ]]; done
}

@test "raspberrypi4: kernel8.img, device trees and an overlay in the shape of the boot folder" {
  pi raspberrypi4 kernel8.img bcm2711-rpi-4-b.dtb pi3
}

@test "raspberrypi3: the same with 32 bits" {
  pi raspberrypi3 kernel7.img bcm2837-rpi-3-b.dtb pi2
}

@test "the vendor's tree comes by git: the commit that its branch has" {
  mkdir tree && echo 'VERSION = 6' >tree/Makefile
  git -C tree init -q -b rpi-6.12.y
  git -C tree add Makefile
  git -C tree -c user.name=a -c user.email=a@b commit -qm one
  timeout 60 "$JKR" run recipes/raspberrypi/linux.lua -D "url=file://$PWD/tree" -o "$out/vendor"
  cmp tree/Makefile "$out/vendor/Makefile"
}

@test "the tree's own overlays: dtbo_compile gives what make dtbs does, to the byte" {
  timeout 1200 "$JKR" run overlays.lua -o "$out/overlays"
  [ "$(cd "$out/overlays/theirs" && echo *)" = "$(cd "$out/overlays/ours" && echo *)" ]
  for file in "$out"/overlays/theirs/*.dtbo; do cmp "$file" "$out/overlays/ours/${file##*/}"; done
}

# own_apt: an apt that knows source packages, beside this machine's
own_apt() {
  local a=$BOARDS/kernels-apt keyring=/usr/share/keyrings/debian-archive-keyring.gpg main security kind program
  # shellcheck source=tests/mirror.bash disable=SC1091
  . "$BATS_TEST_DIRNAME/../mirror.bash"
  main=$(mirror bookworm) security=$(mirror bookworm-security)
  [ -n "$main" ] && [ -n "$security" ] || return 1
  mkdir -p "$a/lists/partial" "$a/cache/archives/partial" "$a/bin"
  : >"$a/status"
  for kind in deb deb-src; do
    printf "$kind [signed-by=$keyring] %s main\n" "$main bookworm" "$security bookworm-security"
  done >"$a/sources.list"
  cat >"$a/apt.conf" <<CONF
Dir::Etc::sourcelist "$a/sources.list";
Dir::Etc::sourceparts "/nonexistent";
Dir::State::lists "$a/lists";
Dir::State::status "$a/status";
Dir::Cache "$a/cache";
APT::Sandbox::User "$(id -un)";
CONF
  for program in apt-get apt-cache; do
    printf '#!/bin/sh\nAPT_CONFIG=%s exec %s "$@"\n' "$a/apt.conf" "$(type -P $program)" >"$a/bin/$program"
    chmod +x "$a/bin/$program"
  done
  PATH=$a/bin:$PATH # jkr's own environment reaches apt in nothing else
  timeout 300 apt-get -q update >"$a/log" 2>&1
}

@test "qemu: built from Debian's source package, it boots the kernel that is there; built once" {
  # where apt knows no source packages, another one pins it; the images are this machine's apt's
  # shellcheck disable=SC2016 # apt's own words
  if [ -z "$(apt-get indextargets --format '$(RELEASE)' 'Created-By: Sources')" ]; then
    (own_apt && timeout 300 "$JKR" run -q recipes/qemu.lua dsc)
  fi
  built qemu
  found linux:kernel/build
  says qemu virt 'init: floating point counts' 'init: done'
  "$JKR" log recipes/qemu.lua emulator | grep -q 'QEMU emulator version 7.2'
  magic "$out/qemu/qemu-system-aarch64" 0 7f454c46
  # other words for configure are another QEMU, of the same source
  [ "$("$JKR" plan recipes/qemu.lua -D configure=--enable-slirp --format json | json '[s["name"] for s in d["steps"] if s["state"] == "run"]')" = "['emulator']" ]
}
