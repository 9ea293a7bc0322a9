#!/usr/bin/env bats
# What Kbuild says of itself: how far it is, its warnings, and why it made what it made. A makefile that says the same
# stands for the kernel's here; tests/boards/compilers.bats has the real one.

load helper

# kbuild: the folder src with two objects and a program, and the recipe c.lua
kbuild() {
  make_image echo
  mkdir src
  echo 'int a;' >src/a.c
  echo 'int b;' >src/b.c
  echo -O1 >src/flags
  cat >src/Makefile <<'MAKE'
why = $(if $(filter 2,$(KBUILD_VERBOSE)), - due to$1)
/jkr/build/out: /jkr/build/a.o /jkr/build/b.o
	@echo '  LD      out$(call why,: a.o)'
	@cat $^ > $@
/jkr/build/a.o: a.c
	@echo '  CC      a.o$(call why,: /jkr/src/a.c)'
	@echo '/jkr/src/a.c:1:5: warning: a test'
	@echo '/jkr/src/a.c:1:5: note: no warning'
	@cat a.c > $@
/jkr/build/b.o: b.c flags
	@echo '  CC [M]  b.o$(call why, command line change)'
	@cat b.c > $@
	@echo "savedcmd_b.o := cc `cat flags` -c b.c" > /jkr/build/.b.o.cmd
MAKE
  { head_of; cat <<'LUA'
return make_in_container "m" { "src", toolchain = img, targets = { "/jkr/build/out" }, outputs = { out = "out" } }
LUA
  } >c.lua
}

# progress: of the events on stdin, how far it was each time
progress() { python3 -c '
import json, sys
print([(e["done"], e["total"]) for e in map(json.loads, sys.stdin) if e["event"] == "progress"])'; }

@test "the share of a build comes from the last one of its kind; warnings are counted" {
  kbuild
  [ "$(jkr run c.lua --progress json 2>&1 >/dev/null | progress)" = "[]" ]
  run jkr run c.lua --fresh
  [[ $output == *'m: 1 warning: `jkr log` shows it'* ]]
  [ "$(jkr run c.lua --fresh --progress json 2>&1 >/dev/null | progress)" = "[(1, 3), (2, 3), (3, 3)]" ]
  echo 'int a2;' >src/a.c
  [ "$(jkr run c.lua --progress json 2>&1 >/dev/null | progress)" = "[]" ] # the first of those that go on in a folder
  echo 'int a3;' >src/a.c
  [ "$(jkr run c.lua --progress json 2>&1 >/dev/null | progress)" = "[(1, 2), (2, 2)]" ]
  echo 'int a4;' >src/a.c; echo 'int b4;' >src/b.c
  # more than the last time: from there on nobody knows how much
  [ "$(jkr run c.lua --progress json 2>&1 >/dev/null | progress)" = "[(1, 2), (2, 2)]" ]
}

@test "why tells what the last make made, and by which reason" {
  kbuild
  jkr run c.lua
  run jkr why c.lua m
  [[ $output == *"its last make began with an empty build directory: Kbuild made 3"* ]]
  echo 'int a2;' >src/a.c
  echo -O2 >src/flags
  jkr run c.lua
  run jkr why c.lua m
  echo "$output"
  [ "$status" = 0 ]
  [[ $output == *"its last make was a warm one: Kbuild made 3, by reason
  source /jkr/src/a.c: 1: a.o
  command line: 1: b.o
    b.o: - -O1 + -O2
  follows from those: 1: out"* ]]
}

@test "ccache: what a recipe asks of a toolchain" {
  cat >c.lua <<'LUA'
recipe "c" { version = "1", license = "MIT", summary = "toolchains" }
local function is(got, wanted) if got ~= wanted then error(tostring(got) .. " is not " .. tostring(wanted)) end end
local gcc = toolchain { "debian-arm64", ccache = true, packages = { "sparse" } }
local clang = toolchain { "debian-clang", ccache = true }
local plain = toolchain "debian-arm64"
is(gcc.flags.CC, "ccache aarch64-linux-gnu-gcc")
is(gcc.env.CCACHE_DIR, "/jkr/ccache")
is(clang.flags.CC, "ccache clang")
is(clang.flags.LLVM, "1")
is(plain.flags.CC, nil)
is(plain.ccache, false)
return run_in_container "r" { "true", toolchain = gcc, outputs = { "x" } }
LUA
  run jkr check c.lua
  echo "$output"
  [ "$status" = 0 ]
  run jkr graph c.lua
  [[ $output == *"toolchain/debian-arm64+ccache+sparse"* ]]
}

@test "ccache: kept in the store, with its share told; not with --fresh, not for a fresh build" {
  mkdir bin
  cat >bin/ccache <<'SH'
#!/bin/sh
[ -z "$CCACHE_DISABLE" ] || exec "$@"
case $CCACHE_COMPILERCHECK in string:????????*) ;; *) exit 9 ;; esac
for f; do last=$f; done
if [ -e "$CCACHE_DIR/${last##*/}" ]; then echo direct_cache_hit; else echo cache_miss; fi >>"$CCACHE_STATSLOG"
cat "$last" >"$CCACHE_DIR/${last##*/}"
exec "$@"
SH
  chmod +x bin/ccache
  PATH=$PWD/bin:$PATH make_image ccache echo
  mkdir src
  printf 'all:\n\t$(CC) $(N) >/jkr/build/out; $(CC) two\n' >src/Makefile
  echo 1 >src/one; echo 2 >src/two; echo 3 >src/three
  { head_of; cat <<'LUA'
local n = option.string { "n", "one", "the first file" }
local build = option.string { "build", "warm", "how it is built" }
return make_in_container "m" { "src", toolchain = img, variables = { CC = "ccache cat", N = n }, build = build,
  env = { CCACHE_DIR = "/jkr/ccache" }, outputs = { out = "out" } }
LUA
  } >c.lua
  run jkr run c.lua
  echo "$output"
  [[ $output == *"ccache had 0 of 2 compiles (0.0 %)"* ]]
  run jkr run c.lua -D n=three
  [[ $output == *"ccache had 1 of 2 compiles (50.0 %)"* ]]
  run jkr run c.lua --fresh
  [[ $output == *"ccache had 0 of 2 compiles"* ]]
  run jkr run c.lua -D build=fresh
  [ "$status" = 0 ]
  [[ $output != *"ccache had"* ]]
}

@test "what make leaves beside the build folder can be an output" {
  make_image echo
  mkdir src
  printf 'all:\n\techo one >/jkr/one.deb; echo one >../two.deb; echo x >/jkr/build/x\n' >src/Makefile
  { head_of; cat <<'LUA'
return make_in_container "m" { "src", toolchain = img, outputs = { debs = "/jkr/*.deb", x = "x" } }
LUA
  } >c.lua
  run jkr run c.lua -o out
  echo "$output"
  [ "$status" = 0 ]
  [ "$(cat out/debs/one.deb out/debs/two.deb)" = $'one\none' ]
}

@test "why tells of the run that made the result, not of a step of that name in another recipe" {
  kbuild
  jkr run c.lua
  { head_of; echo 'return make_in_container "m" { "src", toolchain = img, targets = { "/jkr/build/a.o" }, outputs = { o = "a.o" } }'; } >other.lua
  jkr run other.lua
  run jkr why c.lua m
  echo "$output"
  [[ $output == *"Kbuild made 3"* ]]
  run jkr why other.lua m
  [[ $output == *"Kbuild made 1"* ]]
}

@test "bindeb-pkg may be the only target of a kernel" {
  mkdir src && touch src/Kconfig
  cat >c.lua <<'LUA'
recipe "c" { version = "1", license = "MIT", summary = "packages" }
return kernel "linux" { "src", toolchain = toolchain "debian-arm64", targets = { "bindeb-pkg" } }.debs
LUA
  run jkr check c.lua
  echo "$output"
  [ "$status" = 0 ]
}

@test "ccache: the store tells how much it keeps" {
  mkdir -p "$JKR_STORE"
  jkr cache gc
  mkdir -p "$JKR_STORE/ccache/0/1"
  head -c 1000 /dev/zero >"$JKR_STORE/ccache/0/1/result"
  run jkr cache stat
  [[ $output == *"ccache     1.0 kB of compiles"* ]]
  [ "$(jkr cache stat --format json | json 'd["ccache_bytes"]')" = 1000 ]
}

@test "a script after make: with make's words and trees of its own, of which another compiles nothing again" {
  kbuild
  mkdir beside
  echo 1 >beside/word
  cat >after.sh <<'SH'
[ "$*" = "make --eval=.DELETE_ON_ERROR: -C /jkr/src O=/jkr/build V=0" ]
cat /jkr/build/out /jkr/beside/word >/jkr/out/both
echo 'int other;' >/jkr/src/a.c # thrown away
SH
  { head_of; cat <<'LUA'
return make_in_container "m" { "src", toolchain = img, targets = { "/jkr/build/out" }, variables = { V = "0" },
  after = "after.sh", after_mounts = { ["/jkr/beside"] = "beside" }, outputs = { both = "out:both" } }
LUA
  } >c.lua
  jkr run c.lua -q -o out
  [ "$(tr '\n' ' ' <out/both)" = "int a; int b; 1 " ]
  echo 2 >beside/word
  jkr run c.lua -q -o out
  [ "$(tr '\n' ' ' <out/both)" = "int a; int b; 2 " ]
  jkr log c.lua m >log
  no grep -q '^  CC ' log
  # what it says is wrong fails the step
  echo 'echo "error: so not"; exit 3' >>after.sh
  run jkr run c.lua
  echo "$output"
  [ "$status" = 1 ]
  [[ $output == *'`after.sh` exited with 3'*'so not'* ]]
}
