#!/usr/bin/env bats
# Who helps to compile: a server that ccache shares compiles by, and machines that distcc sends them to; the real programs.

load helper
load cache

setup_file() {
  # what a compiler is made of, which finds its parts beside it
  command -v gcc ccache distcc distccd
}

teardown() {
  stop_servers
  # shellcheck disable=SC2086
  [ -z "${distccd:-}" ] || kill $distccd
  cd /
  rm -rf "$work"
}

# make_compiler: an image with gcc, ccache and distcc
make_compiler() {
  local lib
  lib=$(dirname "$(gcc -print-prog-name=cc1)")
  mkdir -p more"$lib" more/usr/include && cp /usr/include/stdc-predef.h more/usr/include/ && cp "$(gcc -print-prog-name=cc1)" more"$lib/"
  make_image gcc as ld ccache distcc
  mkdir root && tar -xf image.tar -C root && cp -a more/. root/
  ldd "$lib/cc1" | grep -o '/[^ ]*' | while read -r so; do mkdir -p "root$(dirname "$so")" && cp -L "$so" "root$so"; done
  tar -cf image.tar -C root . && rm -r root more
  # shellcheck disable=SC2034 # of helper.bash
  sum=$(sha256sum image.tar | cut -d' ' -f1)
}

# make_project CC [ENV]: four files that are compiled; `word` is in the fourth
make_project() {
  make_compiler
  mkdir src
  for i in 1 2 3; do echo "int f$i(int a) { return a * $i + 7; }" >src/$i.c; done
  echo 'const char *word(void) { return WORD; }' >src/4.c
  cat >src/Makefile <<'MAKE'
objects = $(addprefix /jkr/build/,1.o 2.o 3.o 4.o)
all: $(objects)
	cat $^ >/jkr/build/all
/jkr/build/%.o: %.c
	$(CC) $(KCFLAGS) -O2 -g -DWORD='"$(WORD)"' -c $< -o $@
MAKE
  { head_of; cat <<LUA
local word = option.string { "word", "one", "a word" }
return make_in_container "m" { "src", toolchain = img, variables = { CC = "$1", WORD = word, KCFLAGS = "-gno-column-info" }, build = "warm",
  env = { $2 }, outputs = { all = "all" } }
LUA
  } >c.lua
  touch jkr.yaml
}

# start_distccd [PATH]: a real server, whose compilers are first looked for there; sets `port`
start_distccd() {
  port=$(free_port)
  DISTCCD_PATH=${1:+$1:}/usr/bin:/bin distccd --no-detach --daemon --port "$port" --listen 127.0.0.1 --allow 127.0.0.1 --jobs 4 \
    --log-stderr 2>"$work/distccd.$port" 3>&- &
  distccd="${distccd:-} $!"
  until_true bash -c "</dev/tcp/127.0.0.1/$port"
}

@test "ccache's server: one machine compiles, the other has it, with equal bytes; who may not write sends nothing" {
  start_nginx
  make_project "ccache gcc" 'CCACHE_DIR = "/jkr/ccache"'
  run on one run c.lua --ccache-server "$url/ccache" -o out-one
  echo "$output"
  [ "$status" = 0 ]
  [[ $output == *"ccache had 0 of 4 compiles (0.0 %)"* ]]
  [ "$(find "$nginx/store" -type f | wc -l)" = 0 ]
  run on two run c.lua --ccache-server "$url/ccache" --cache "file://$work/cache" --cache-write
  [ "$status" = 0 ]
  [ "$(find "$nginx/store/ccache" -type f | wc -l)" -ge 4 ]
  run on three run c.lua --ccache-server "$url/ccache" -o out-three
  echo "$output"
  [ "$status" = 0 ]
  [[ $output == *"ccache had 4 of 4 compiles (100.0 %), 4 of them from the server"* ]]
  cmp out-one/all out-three/all
}

@test "the configuration of a user names the server, of a project it is refused; it is in no key" {
  start_nginx
  make_project "ccache gcc" 'CCACHE_DIR = "/jkr/ccache"'
  export XDG_CONFIG_HOME=$work/config
  mkdir -p "$XDG_CONFIG_HOME/jkr"
  echo "ccache-server: $url/ccache" >"$XDG_CONFIG_HOME/jkr/config.yaml"
  JKR_CACHE_WRITE=1 on one run c.lua -q --cache "file://$work/cache"
  [ "$(find "$nginx/store/ccache" -type f | wc -l)" -ge 4 ]
  # the result is the one that others have, whoever helped
  JKR_CCACHE_SERVER=none on one plan c.lua --fail-if-changes
  on one plan c.lua --fail-if-changes
  echo "ccache-server: $url/ccache" >jkr.yaml
  run on one run c.lua
  [ "$status" = 2 ]
  [[ $output == *'a project names no `ccache-server`'* ]]
}

@test "a server of ccache that is not there costs its hits and no byte, and that is said" {
  make_project "ccache gcc" 'CCACHE_DIR = "/jkr/ccache"'
  on one run c.lua -q -o out-one
  run on two run c.lua --ccache-server "http://127.0.0.1:$(free_port)/c" -o out-two
  echo "$output"
  [ "$status" = 0 ]
  [[ $output == *"ccache had 0 of 4 compiles (0.0 %)"* ]]
  [[ $output == *'ccache: the server `http://127.0.0.1:'*'` did not answer'* ]]
  cmp out-one/all out-two/all
}

@test "a sandbox reaches the server, and nothing else" {
  start_nginx
  make_image echo curl
  mkdir src && touch jkr.yaml
  cat >src/Makefile <<'MAKE'
all:
	(curl -s -m 5 -o /dev/null -w '%{http_code}\n' http://127.0.0.1:4000/ccache/none || echo none) >/jkr/build/door
	(curl -s -m 5 -o /dev/null -w '%{http_code}\n' http://127.0.0.1:$(PORT)/ || echo none) >/jkr/build/host
	(curl -s -m 5 -o /dev/null -w '%{http_code}\n' http://192.0.2.1/ || echo none) >/jkr/build/world
MAKE
  { head_of; cat <<LUA
return make_in_container "m" { "src", toolchain = img, variables = { PORT = "$port" }, build = "warm", env = { CCACHE_DIR = "/jkr/ccache" },
  outputs = { door = "door", host = "host", world = "world" } }
LUA
  } >c.lua
  on one run c.lua -q --ccache-server "$url/ccache" -o out
  [ "$(cat out/door)" = 404 ]
  grep -q none out/host
  grep -q none out/world
  on two run c.lua -q -o out2
  grep -q none out2/door
}

@test "distcc: compiles go to the servers whose compiler is the toolchain's, with equal bytes" {
  make_project "distcc gcc" 'DISTCC_HOSTS = "localhost", DISTCC_DIR = "/tmp"'
  on one run c.lua -q -o out-one
  start_distccd
  good=$port
  mkdir other && chmod 755 "$work" # distccd gives root up
  printf '#!/bin/sh\nexec /usr/bin/gcc "$@" -fno-ident\n' >other/gcc && chmod +x other/gcc
  start_distccd "$PWD/other"
  bad=$port
  run on two run c.lua --distcc-hosts "127.0.0.1:$good/4 127.0.0.1:$bad/4 127.0.0.1:$(free_port)" -o out-two
  echo "$output"
  [ "$status" = 0 ]
  [[ $output == *"distcc: \`127.0.0.1:$bad/4\` is left out, its compiler is not the toolchain's"* ]]
  [[ $output == *"is left out, it does not compile"* ]]
  [[ $output == *"distcc: compiles go to 1 of 3 servers"* ]]
  cmp out-one/all out-two/all
  [ "$(grep -c 'COMPILE_OK.*exit:0' "$work/distccd.$good")" -ge 5 ] # the question, and four files
  [ "$(grep -c 'COMPILE_OK' "$work/distccd.$bad")" = 1 ]
}

@test "distcc: what a recipe asks of a toolchain" {
  cat >c.lua <<'LUA'
recipe "c" { version = "1", license = "MIT", summary = "toolchains" }
local function is(got, wanted) if got ~= wanted then error(tostring(got) .. " is not " .. tostring(wanted)) end end
local far = toolchain { "debian-arm64", distcc = true }
local both = toolchain { "debian-clang", ccache = true, distcc = true }
is(far.flags.CC, "distcc aarch64-linux-gnu-gcc")
is(far.flags.KCFLAGS, "-gno-column-info")
is(far.env.CCACHE_DIR, nil)
is(both.flags.CC, "ccache clang")
is(both.env.CCACHE_PREFIX, "distcc")
is(both.env.DISTCC_HOSTS, "localhost")
return run_in_container "r" { "true", toolchain = both, outputs = { "x" } }
LUA
  jkr check c.lua
  jkr graph c.lua | grep -q 'toolchain/debian-clang+ccache+distcc'
}
