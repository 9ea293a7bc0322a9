#!/usr/bin/env bats
# The ways to a kernel's configuration, on a small make of the same goals as the kernel's, with Kconfig's habits;
# tests/kernel asks the real one.

load helper

# make_kernel: a source whose symbols are A (n), B (y) and C (7), and the toolchain `machine`
make_kernel() {
  make_image sed grep touch mawk
  mkdir -p src/arch/arm64/configs src/kernel/configs src/scripts/kconfig toolchains downloads
  mv image.tar downloads/
  printf 'name: machine\nsummary: this one\narch: arm64\nimage: { file: image.tar }\n' >toolchains/machine.yaml
  export JKR_DOWNLOADS=$PWD/downloads
  echo 'CONFIG_A=y' >src/arch/arm64/configs/defconfig
  echo 'CONFIG_C=9' >src/kernel/configs/nine.config
  touch src/Kconfig src/Kbuild # what any kernel has
  cat >src/Makefile <<'MAKE'
VERSION = 6
PATCHLEVEL = 1
B := $(or $(O),.)
%config:
	@[ -e arch/arm64/configs/$@ ] || { printf '***\n*** Can'"'"'t find default configuration "arch/arm64/configs/$@"!\n***\n' >&2; exit 1; }
	@cp arch/arm64/configs/$@ $B/.config
%.config:
	@cat kernel/configs/$@ >>$B/.config
alldefconfig:
	@cat /dev/null $(KCONFIG_ALLCONFIG) >$B/.config
	@grep -q 'CONFIG_B[= ]' $B/.config || echo CONFIG_B=y >>$B/.config
allnoconfig:
	@cat /dev/null $(KCONFIG_ALLCONFIG) >$B/.config
	@grep -q 'CONFIG_B[= ]' $B/.config || echo '# CONFIG_B is not set' >>$B/.config
olddefconfig:
	@mkdir -p $B/scripts/kconfig $B/include/config
	@touch $B/.config
	@echo 0 >$B/scripts/kconfig/conf.o; echo 0 >$B/include/config/auto.conf
	@mawk '{ k = $$0; sub(/^# /, "", k); sub(/[ =].*/, "", k); v[k] = $$0; if (!(k in at)) { at[k] = n; name[n++] = k } } \
	  END { for (i = 0; i < n; i++) print v[name[i]] }' $B/.config >$B/.new && cat $B/.new >$B/.config
	@grep -q 'CONFIG_B[= ]' $B/.config || echo CONFIG_B=y >>$B/.config
	@grep -q 'CONFIG_C=' $B/.config || echo CONFIG_C=7 >>$B/.config
savedefconfig:
	@grep -v '^CONFIG_B=y\|^CONFIG_C=7' $B/.config >$B/defconfig || true
syncconfig:
	@true
kernelrelease:
	@sed -n 's/^CONFIG_LOCALVERSION="\(.*\)"/6.1\1$(LOCALVERSION)/p' $B/.config
MAKE
  cat >c.lua <<LUA
recipe "c" { version = "1", license = "MIT", summary = "a configuration" }
local linux = kernel "linux" { "src", toolchain = toolchain "machine", $1 }
return copy { linux.config }
LUA
}

# got: the configuration, a line
got() { sort out/.config | tr '\n' ' '; }

@test "goals of make, one after the other, and symbols on top" {
  make_kernel 'base = { "defconfig", "nine.config" }, config = { B = n }'
  jkr run c.lua -q -o out
  [ "$(got)" = "# CONFIG_B is not set CONFIG_A=y CONFIG_C=9 " ]
  sed -i 's/"defconfig", "nine.config"/"defconfig"/' c.lua
  jkr run c.lua -q -o out
  [ "$(got)" = "# CONFIG_B is not set CONFIG_A=y CONFIG_C=7 " ]
}

@test "a goal that does not exist: one mistake with its place, the source unchanged" {
  make_kernel 'base = { "defconfig", "tegra_defconfig" }'
  before=$(find src -type f -exec sha256sum {} + | sort && find src)
  run jkr run c.lua -q
  echo "$output"
  [ "$status" = 1 ]
  [ "$(grep -c '^error' <<<"$output")" = 1 ]
  [[ $output == *'error[E0207]: `tegra_defconfig` configures no kernel'*"c.lua:2:"* ]]
  [ "$before" = "$(find src -type f -exec sha256sum {} + | sort && find src)" ]
  sed -i 's/, "tegra_defconfig"//' c.lua
  jkr run c.lua -q -o out
  [ "$(got)" = "CONFIG_A=y CONFIG_B=y CONFIG_C=7 " ]
}

@test "a preset: what it does not set has its default" {
  make_kernel 'preset = "preset.config", config = { C = 8 }'
  echo CONFIG_A=y >preset.config
  jkr run c.lua -q -o out
  [ "$(got)" = "CONFIG_A=y CONFIG_B=y CONFIG_C=8 " ]
}

@test "fragments of the library: sorted, builtin last, all else off; those of an import are its own" {
  make_kernel 'fragments = { "builtin/all", "net/c", "core/a" }'
  mkdir -p fragments/core fragments/net fragments/builtin
  printf 'CONFIG_A=m\nCONFIG_C=1\n' >fragments/core/a.config
  echo CONFIG_C=2 >fragments/net/c.config
  echo CONFIG_A=y >fragments/builtin/all.config
  jkr run c.lua -q -o out
  [ "$(got)" = "# CONFIG_B is not set CONFIG_A=y CONFIG_C=2 " ]
  # the order in the recipe is no matter, and neither is an item that is left out
  sed -i 's/{ "builtin.*" }/{ when(false, "no\/such"), "core\/a", "net\/c", "builtin\/all" }/' c.lua
  [ "$(state linux/honoured c.lua)" = cached ]
  # an import has a library of its own, a file of the project that of the project
  mkdir -p other/fragments/core && echo CONFIG_C=5 >other/fragments/core/a.config
  sed 's/fragments = .* }$/fragments = { "core\/a" } }/' c.lua >other/c.lua
  sed -i 's,"src",option.step { "src" },' other/c.lua
  touch jkr.yaml
  echo 'return use "other/c.lua" { src = copy "src" { "src" } }' >path.lua
  jkr run path.lua -q -o out
  [ "$(got)" = "# CONFIG_B is not set CONFIG_A=m CONFIG_C=1 " ]
  mkdir other/toolchains && cp toolchains/machine.yaml other/toolchains/
  printf 'capabilities:\n  primitives: [fetch, untar, image, copy, kconfig_append, kconfig_check, kernel_image_check, make_in_container]\n  network: ["file:image.tar"]\n  paths: [/]\n' >other/jkr.yaml
  export GIT_CONFIG_NOSYSTEM=1 HOME=$PWD GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b
  git -C other init -q -b main && git -C other add -A && git -C other commit -qm one
  echo "return use \"git+file://$PWD/other//c.lua\" { src = copy \"src\" { \"src\" } }" >import.lua
  jkr run import.lua -q -o out
  [ "$(got)" = "# CONFIG_B is not set CONFIG_C=5 " ]
}

@test "a configuration that was kept: of the project or of a step, not asked for" {
  make_kernel 'saved = "kept.config", config = { A = y }'
  printf 'CONFIG_A=m\nCONFIG_C=4\nCONFIG_GONE=y\n' >kept.config
  jkr run c.lua -q -o out
  [ "$(got)" = "CONFIG_A=y CONFIG_B=y CONFIG_C=4 CONFIG_GONE=y " ]
}

@test "the label: in the release, read back, the same again, another with anything that is built from" {
  make_kernel 'label = "My Board!", localversion = "-rt"'
  touch src/arch/arm64/configs/defconfig
  sed -i 's/^return .*/return copy { linux.config }/' c.lua
  jkr run c.lua -q -o out
  first=$(sed -n 's/^CONFIG_LOCALVERSION="\(.*\)"/\1/p' out/.config)
  [[ $first =~ ^-rt-my-board-[0-9a-f]{12}$ ]]
  grep -qx '# CONFIG_LOCALVERSION_AUTO is not set' out/.config
  # the same recipe, the same release; another symbol, another one
  jkr run c.lua -q --fresh -o out
  grep -qx "CONFIG_LOCALVERSION=\"$first\"" out/.config
  sed -i 's/localversion = /config = { C = 3 }, localversion = /' c.lua
  jkr run c.lua -q -o out
  second=$(sed -n 's/^CONFIG_LOCALVERSION="\(.*\)"/\1/p' out/.config)
  [[ $second == -rt-my-board-* ]] && [ "$second" != "$first" ] || return 1
  # a labelled configuration that comes back is labelled once, and the same
  cp out/.config kept.config
  sed -i 's/label = .*, config = .*$/label = "My Board!", saved = "kept.config" }/' c.lua
  jkr run c.lua -q -o out
  third=$(sed -n 's/^CONFIG_LOCALVERSION="\(.*\)"/\1/p' out/.config)
  [ "$third" = "$second" ]
}

@test "the label's digits: the documented sum, another with each of configuration, toolchain, variables and source" {
  make_kernel 'label = "mine", variables = { KCFLAGS = flags }'
  cp downloads/image.tar downloads/image2.tar && tar -rf downloads/image2.tar c.lua
  sed 's/name: machine/name: other/; s/image.tar/image2.tar/' toolchains/machine.yaml >toolchains/other.yaml
  sed -i 's/^local linux/local flags, cc = option.string { "flags", "-O2 -g", "flags" }, option.string { "cc", "machine", "compilers" }\nlocal src = copy "src" { "src", into = "." }\n&/
    s/{ "src", toolchain = toolchain "machine"/{ src, toolchain = toolchain(cc)/; s/^return .*/return copy { linux.config }/' c.lua
  digits() { jkr run c.lua -q -o out "$@" && sed -n 's/^CONFIG_LOCALVERSION="-mine-\(.*\)"/\1/p' out/.config; }
  first=$(digits)
  jkr manifest c.lua >m.json
  [ "$first" = "$(python3 - <<'PY'
import hashlib, json
result = {s["name"]: s["result"] for s in json.load(open("m.json"))["steps"]}
lines = [l for l in open("out/.config").read().splitlines() if not l.startswith("CONFIG_LOCALVERSION=")]
assert "# CONFIG_LOCALVERSION_AUTO is not set" in lines
parts = ["\n".join(lines), result["toolchain/machine"], "ARCH=arm64 CROSS_COMPILE= KCFLAGS='-O2 -g'", result["src"]]
print(hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12])
PY
)" ]
  flags=$(digits -D flags=-O3) cc=$(digits -D cc=other)
  echo '# more' >>src/arch/arm64/configs/defconfig
  source=$(digits)
  sed -i 's/label = "mine"/config = { C = 3 }, &/' c.lua
  [ "$(printf '%s\n' "$first" "$flags" "$cc" "$source" "$(digits)" | grep -Ex '[0-9a-f]{12}' | sort -u | wc -l)" = 5 ]
}

@test "the label comes from a series, a tag or a ref; a long one is cut" {
  make_kernel 'tag = "v6.1"'
  jkr run c.lua -q -o out
  grep -Eqx 'CONFIG_LOCALVERSION="-vanilla-[0-9a-f]{12}"' out/.config
  sed -i 's/tag = "v6.1"/ref = "for-next\/Fixes_2"/' c.lua
  jkr run c.lua -q -o out
  grep -Eqx 'CONFIG_LOCALVERSION="-for-next-fixes_2-[0-9a-f]{12}"' out/.config
  printf 'From 0123 Mon Sep 17 00:00:00 2001\nFrom: A <a@b>\nSubject: [PATCH net v3 0/2] sched: a quite long subject that goes on\n and on\n\ntext\n' >s.mbox
  sed -i 's/ref = "[^"]*"/series = "s.mbox"/' c.lua
  jkr run c.lua -q -o out
  grep -Eqx 'CONFIG_LOCALVERSION="-sched-a-quite-long-subject-that-goes-on-and-v3-[0-9a-f]{12}"' out/.config
}

@test "diff: what was asked comes first, with its place; a file, a folder, a recipe, two kernels of one" {
  make_kernel 'config = { fragment "board.config", C = 3 }'
  printf '# one\nCONFIG_B=y\n' >board.config
  sed 's/fragment "board.config", C = 3/C = 4, B = n/' c.lua >d.lua
  jkr run c.lua -q -o out
  jkr run d.lua -q
  run jkr diff c.lua d.lua --kind config
  echo "$output"
  [ "$status" = 0 ]
  diff - <(echo "$output") <<'TEXT'
- c.lua
+ d.lua
config: 2 symbols asked for differ
  B
    - y  (board.config:2)
    + n  (d.lua:2)
  C
    - 3  (c.lua:2)
    + 4  (d.lua:2)
TEXT
  jkr diff c.lua out | grep -qx 'equal: config, sizes, files'
  # what it began with was asked for, too
  sed 's/{ "src"/{ "src", base = { "defconfig", "nine.config" }/' c.lua >e.lua
  echo CONFIG_A=y >preset.config && sed 's/{ "src"/{ "src", preset = "preset.config"/' c.lua >p.lua
  mkdir -p fragments/core && echo CONFIG_A=y >fragments/core/a.config && sed 's/{ "src"/{ "src", fragments = "core\/a"/' c.lua >f.lua
  printf 'CONFIG_A=y\nCONFIG_B=y\n' >saved.config && sed 's/{ "src"/{ "src", saved = "saved.config"/' c.lua >s.lua
  for r in e p f s; do jkr run $r.lua -q; done
  run jkr diff c.lua e.lua --kind config
  diff - <(echo "$output") <<'TEXT'
- c.lua
+ e.lua
config: 1 thing asked for differs
  base
    - defconfig
    + defconfig, nine.config
TEXT
  row() { jkr diff c.lua "$1" --kind config | grep -A2 '^  base$' | sed -n 's/^    + //p'; }
  [ "$(row p.lua)/$(row f.lua)/$(row s.lua)" = "preset preset.config/fragments fragments/core/a.config/saved saved.config" ]
  jkr diff c.lua e.lua --kind config --format json | grep -q '"defconfig, nine.config"'
  jkr diff out/.config c.lua --fail-if-changes
  printf 'CONFIG_A=m\nCONFIG_B=y\nCONFIG_C=3\n' >kept.config
  run jkr diff c.lua kept.config
  [[ $output == *"config: 0 symbols asked for differ, and 1 that follows; -v shows"* ]]
  run jkr diff -v c.lua kept.config
  [[ $output == *"and 1 that follows"*"- y"*"+ m"* ]]
  run jkr diff out kept.config --fail-if-changes
  [ "$status" = 4 ]
  [[ $output == *"config: 1 symbol differs"* ]]
  mkdir -p built/boot && cp kept.config built/boot/config-6.1
  jkr diff built kept.config | grep -qx 'equal: config'
}

@test "new board: a recipe with what differs from the base, which loads, plans and gives that configuration" {
  make_kernel
  printf '#\n# Automatically generated file; DO NOT EDIT.\n# Linux/arm64 6.1.99 Kernel Configuration\n#\nCONFIG_A=y\n# CONFIG_B is not set\nCONFIG_C=7\n' >running.config
  run jkr new board pump --from-config running.config --source src --toolchain machine
  echo "$output"
  [ "$status" = 0 ]
  [[ $output == *"pump.lua: 1 symbol differs from defconfig, in pump/board.config"* ]]
  [ "$(grep -v '^# What' pump/board.config)" = "# CONFIG_B is not set" ] # A is in defconfig, C at its default
  run jkr plan pump.lua --format json
  [ "$(json "sum(s['name'] == 'linux/build' for s in d['steps'])" <<<"$output")" = 1 ]
  jkr run pump.lua linux/honoured -q -o out
  jkr diff pump.lua running.config | grep -qx 'equal: config'
  # nothing is written over, and nothing of the draft stays
  run jkr new board pump --from-config running.config --source src --toolchain machine
  [ "$status" = 2 ]
  [[ $output == *'`pump.lua` is there already'* ]]
  [ -z "$(find . -name '*draft*')" ]
  # recipes/ of a project takes it
  mkdir recipes && touch jkr.yaml && sed -i 's/C=7/C=8/; s/A=y/A=m/' running.config
  run jkr new board tank --from-config running.config --source src --toolchain machine
  echo "$output"
  [ "$status" = 0 ] && [ -s recipes/tank.lua ]
  # fewer lines from a base in which everything is off
  [[ $output == *"tank.lua: 2 symbols differ from allnoconfig, in "* ]]
  [ "$(grep -v '^# What' recipes/tank/board.config | sort | tr '\n' ' ')" = "CONFIG_A=m CONFIG_C=8 " ]
  jkr run tank.lua linux/honoured -q -o out
  jkr diff tank.lua running.config | grep -qx 'equal: config'
  # each architecture has its toolchain
  [ -e "$BATS_TEST_DIRNAME/../../toolchains/debian-riscv64.yaml" ]
  sed 's/name: machine/name: debian-riscv64/; s/arm64/riscv/' toolchains/machine.yaml >toolchains/debian-riscv64.yaml
  cp -r src/arch/arm64 src/arch/riscv && sed 's,arch/arm64,arch/$(ARCH),g' -i src/Makefile
  sed 's,Linux/arm64,Linux/riscv,' running.config >riscv.config
  jkr new board five --from-config riscv.config --source src
  grep -q 'toolchain "debian-riscv64"' recipes/five.lua && grep -q 'arch = "riscv"' recipes/five.lua || return 1
  # a compiler of its own is no difference
  sed -i '/^CONFIG_C/aCONFIG_CC_VERSION_TEXT="another"' running.config
  sed -i 's/^olddefconfig:/&\n\t@sed -i \/CC_VERSION\/d $B\/.config/' src/Makefile
  run jkr new board pond --from-config running.config --source src --toolchain machine
  echo "$output"
  [ "$status" = 0 ]
  [[ $output == *"1 symbol of running.config tells of a compiler and its tools"* ]]
}

@test "bisect: symbols of a kernel's fragments and table, as one change each in all its steps" {
  make_kernel 'config = { fragment "board.config", A = more and y or nil }'
  sed -i 's/^local linux/local more = option.bool { "more", false, "another configuration" }\n&/; s/fragment "board.config"/more and fragment "more.config" or fragment "board.config"/' c.lua
  printf 'CONFIG_B=y\nCONFIG_D=y\n' >board.config
  printf 'CONFIG_B=y\nCONFIG_C=3\nCONFIG_E=y\nCONFIG_F="text"\nCONFIG_G=0x10\n' >more.config
  judge '! grep -q CONFIG_G= "$1/.config"'
  run jkr bisect c.lua 'c.lua -D more=true' --script judge.sh
  echo "$output"
  [ "$status" = 0 ]
  grep -qx 'symbol `G` in step `linux/wanted`: not there → 0x10' <<<"$output"
  grep -q '^6 changes, ' <<<"$output"
}

@test "bisect: another toolchain is one change, and symbols beside it are others" {
  make_kernel 'config = { B = y, C = slow and 9 or 7 }'
  cp downloads/image.tar downloads/image2.tar && echo >>downloads/image2.tar
  sed 's/name: machine/name: other/; s/image.tar/image2.tar/' toolchains/machine.yaml >toolchains/other.yaml
  sed -i 's/^local linux/local other, slow = option.bool { "other", false, "another compiler" }, option.bool { "slow", false, "C" }\n&/
    s/toolchain "machine"/toolchain(other and "other" or "machine")/' c.lua
  judge '! grep -q CONFIG_C=9 "$1/.config"'
  run jkr bisect c.lua 'c.lua -D other=true -D slow=true' --script judge.sh
  echo "$output"
  [ "$status" = 0 ]
  grep -qx 'symbol `C` in step `linux/wanted`: 7 → 9' <<<"$output"
  grep -q '^2 changes, ' <<<"$output"
  run jkr bisect -n c.lua 'c.lua -D other=true'
  [[ ${lines[*]} == *'steps that only one recipe has: toolchain/machine'*' → toolchain/other'* ]]
}
