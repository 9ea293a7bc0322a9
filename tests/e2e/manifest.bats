#!/usr/bin/env bats
# manifest: what a build is made of; in the build itself as bytes that are the same wherever it is built.

load helper

make_board() {
  make_tiny
  mkdir -p downloads && echo drop >downloads/DROP.bin
  sed -i '/^return/d' tiny.lua
  cat >>tiny.lua <<'LUA'
local rt = option.bool { "rt", true, "real time" }
local no = fetch "no" { file = "not-there", get = "ask", optional = true }
local staged = fetch "staged" { file = "drop.bin", get = "ask" }
local made = manifest "made" { a, fix / "README", no, from = { staged }, fields = { board = "virt", git_head = "abc" } }
return { a, fix / "README", made, copy "root" { made.target } }
LUA
}

reference='build_time_iso8601 source_date_epoch host_user host_uname kernel_release expected_vermagic localversion
cross_compile toolchain_gcc defconfig_sha256 git_head git_state headers_deb'

@test "a manifest holds the pipelines' fields, inputs, patches, options, what was skipped, and outputs" {
  make_board
  jkr run tiny.lua -q -o out
  for field in $reference; do json "'$field' in d" <out/BUILD_MANIFEST.json | grep -qx True; done
  [ "$(json 'd["inputs"][0]["sha256"]' <out/BUILD_MANIFEST.json)" = "$(sha256sum <file.tar.xz | cut -d' ' -f1)" ]
  [ "$(json 'd["patches"]' <out/BUILD_MANIFEST.json)" = "[{'step': 'fix', 'name': 'fix.patch', 'sha256': '$(sha256sum <fix.patch | cut -d' ' -f1)'}]" ]
  [ "$(json 'd["options"], d["board"], [s["name"] for s in d["skipped"]]' <out/BUILD_MANIFEST.json)" = "({'rt': True}, 'virt', ['no'])" ]
  [ "$(json '[(o["path"], o["sha256"]) for o in d["outputs"]][1]' <out/BUILD_MANIFEST.json)" = "('hello.txt', '$(sha256sum <out/hello.txt | cut -d' ' -f1)')" ]
  cmp out/BUILD_MANIFEST.json out/etc/jetson-av-build.json
  json "'$(sha256sum <downloads/DROP.bin | cut -d' ' -f1)' in [i['sha256'] for i in d['inputs']]" <out/BUILD_MANIFEST.json | grep -qx True
  jkr verify out
}

@test "an option that is a step is written by its name, which no step before it changes" {
  make_board
  cat >driver.lua <<'LUA'
recipe "driver" { version = "1", license = "MIT", summary = "x" }
local kernel = option.step { "kernel", "the kernel" }
return copy "x" { kernel }
LUA
  sed -i 's/^local made = .*/local driver = use "driver.lua" { kernel = a }\n&/' tiny.lua
  jkr run tiny.lua -q -o out
  [ "$(json 'd["options"]["driver.kernel"]' <out/BUILD_MANIFEST.json)" = a ]
  [ "$(jkr manifest tiny.lua | json 'd["options"]["driver.kernel"]["value"]')" = a ]
  sed -i 's/^local rt = .*/&\nlocal early = write "early" { path = "e", text = "e" }/' tiny.lua
  jkr run tiny.lua -q -o again
  cmp out/BUILD_MANIFEST.json again/BUILD_MANIFEST.json
}

@test "it is the same in another store, at another time, and built twice" {
  make_board
  jkr run tiny.lua -q -o out
  sleep 1.1
  JKR_STORE=$work/other jkr run tiny.lua -q -o again
  cmp out/BUILD_MANIFEST.json again/BUILD_MANIFEST.json
  jkr run tiny.lua --twice
}

@test "it is made again when something before it changed, though the results are the same" {
  make_board
  jkr run tiny.lua -q -o out
  sed -i '1i # said otherwise' fix.patch
  jkr run tiny.lua -o again
  cmp out/README again/README
  [ "$(json 'd["patches"][0]["sha256"]' <again/BUILD_MANIFEST.json)" = "$(sha256sum <fix.patch | cut -d' ' -f1)" ]
  jkr plan tiny.lua -D rt=false | grep -q 'made/json.*option.rt.*changed'
  jkr run tiny.lua | grep -q 'nothing to do'
}

@test "jkr manifest adds when, where and from which commit" {
  make_board
  git init -q . && git add -A && git -c user.name=a -c user.email=a@b commit -qm x || return 1
  jkr run tiny.lua -q
  jkr manifest tiny.lua >m.json
  [ "$(json 'd["board"] if "board" in d else d["written"]["board"], d["git_head"], d["host_user"], d["complete"]' <m.json)" = "('virt', 'abc', 'jkr', True)" ]
  [ "$(json 'd["run"]["git_head"]' <m.json)" = "$(git rev-parse HEAD)" ]
  [ "$(json 'd["run"]["host_user"]' <m.json)" = "$(id -un)" ]
  [ "$(json 'd["run"]["git_state"]' <m.json)" = dirty ] # m.json itself, and jkr's lock: what is not committed counts
  json 'd["run"]["build_time_iso8601"]' <m.json | grep -q "^$(date -u +%Y)-"
}

@test "the reader on the target says which build it is, and whether another kernel runs" {
  make_board
  jkr run tiny.lua -q -o out
  reader=out/usr/local/bin/jetson-av-version
  [ -x $reader ]
  shellcheck $reader
  export JETSON_AV_BUILD=$PWD/out/etc/jetson-av-build.json
  [ "$($reader | sed 's/  */ /')" = "$(printf 'recipe tiny\nversion 1\nbuild_time_iso8601 %s\ngit_head abc' "$(json 'd["build_time_iso8601"]' <"$JETSON_AV_BUILD")")" ]
  cmp <($reader --json) "$JETSON_AV_BUILD"
  sed -i 's/"kernel_release":.*/"kernel_release":\t"5.15.148-rt-tegra",/' "$JETSON_AV_BUILD"
  run $reader
  [ "$status" = 3 ] && [[ $output == *"the kernel that runs is $(uname -r)"* ]] || return 1
  run $reader --nonsense
  [ "$status" = 2 ]
  JETSON_AV_BUILD=/nowhere run $reader
  [ "$status" = 1 ]
}

@test "of a kernel it says release, vermagic, configuration, compiler and headers" {
  mkdir -p k/include/config
  printf 'CONFIG_ARM64=y\nCONFIG_SMP=y\nCONFIG_PREEMPT_RT=y\nCONFIG_MODULES=y\nCONFIG_MODULE_UNLOAD=y\nCONFIG_MODVERSIONS=y\nCONFIG_LOCALVERSION="-rt-tegra"\n' >k/.config
  echo 5.15.148-rt-tegra >k/include/config/kernel.release
  echo asked >defconfig
  echo deb >linux-headers-5.15.148-rt-tegra_1_arm64.deb
  cat >k.lua <<'LUA'
recipe "k" { version = "1", license = "MIT", summary = "a kernel's manifest" }
local headers = copy "headers" { "linux-headers-5.15.148-rt-tegra_1_arm64.deb" }
return build_manifest "m" {
  headers, kernel = "k", defconfig = "defconfig", headers = headers, cross_compile = "aarch64-linux-gnu-",
  toolchain_gcc = "aarch64-linux-gnu-gcc (Debian) 12.2.0\nCopyright", fields = { git_head = "abc", git_state = "clean" },
}
LUA
  jkr run k.lua -q -o out
  [ "$(json '[d[k] for k in ("kernel_release", "expected_vermagic", "localversion", "toolchain_gcc", "git_state", "headers_deb", "cross_compile")]' <out/BUILD_MANIFEST.json)" = \
    "['5.15.148-rt-tegra', '5.15.148-rt-tegra SMP preempt_rt mod_unload modversions aarch64', '-rt-tegra', 'aarch64-linux-gnu-gcc (Debian) 12.2.0', 'clean', 'linux-headers-5.15.148-rt-tegra_1_arm64.deb', 'aarch64-linux-gnu-']" ]
  [ "$(json 'd["defconfig_sha256"], d["config_sha256"]' <out/BUILD_MANIFEST.json)" = "('$(sha256sum <defconfig | cut -d' ' -f1)', '$(sha256sum <k/.config | cut -d' ' -f1)')" ]
}
