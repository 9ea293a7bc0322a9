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
	@cat $(KCONFIG_ALLCONFIG) >$B/.config
	@grep -q 'CONFIG_B[= ]' $B/.config || echo CONFIG_B=y >>$B/.config
allnoconfig:
	@cat $(KCONFIG_ALLCONFIG) >$B/.config
	@grep -q 'CONFIG_B[= ]' $B/.config || echo '# CONFIG_B is not set' >>$B/.config
olddefconfig:
	@mkdir -p $B/scripts/kconfig $B/include/config
	@touch $B/.config
	@echo 0 >$B/scripts/kconfig/conf.o; echo 0 >$B/include/config/auto.conf
	@mawk '{ k = $$0; sub(/^# /, "", k); sub(/[ =].*/, "", k); v[k] = $$0; if (!(k in at)) { at[k] = n; name[n++] = k } } \
	  END { for (i = 0; i < n; i++) print v[name[i]] }' $B/.config >$B/.new && cat $B/.new >$B/.config
	@grep -q 'CONFIG_B[= ]' $B/.config || echo CONFIG_B=y >>$B/.config
	@grep -q 'CONFIG_C=' $B/.config || echo CONFIG_C=7 >>$B/.config
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
  # a recipe of another project has a library of its own
  mkdir -p other/fragments/core other/toolchains && touch other/jkr.yaml
  echo CONFIG_C=5 >other/fragments/core/a.config
  cp toolchains/machine.yaml other/toolchains/ && cp -r src other/
  sed 's/fragments = .* }$/fragments = { "core\/a" } }/' c.lua >other/c.lua
  (cd other && jkr run c.lua -q -o ../out)
  [ "$(got)" = "# CONFIG_B is not set CONFIG_C=5 " ]
}

@test "a configuration that was kept: of the project or of a step, not asked for" {
  make_kernel 'saved = "kept.config", config = { A = y }'
  printf 'CONFIG_A=m\nCONFIG_C=4\nCONFIG_GONE=y\n' >kept.config
  jkr run c.lua -q -o out
  [ "$(got)" = "CONFIG_A=y CONFIG_B=y CONFIG_C=4 CONFIG_GONE=y " ]
}
