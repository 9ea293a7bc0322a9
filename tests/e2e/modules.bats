#!/usr/bin/env bats
# modules: what the constructors around kernel modules ask by themselves, with a stand-in for the kernel.

load helper

setup() {
  cd "$BATS_TEST_TMPDIR" || return
  cp -a "$BATS_TEST_DIRNAME/../../stdlib" .
  mkdir -p toolchains downloads src stock/lib/modules/6.12.5/kernel
  touch jkr.yaml
  export JKR_DOWNLOADS=$PWD/downloads
  tar -cf downloads/machine.tar -T /dev/null
  printf '%s\n' 'name: machine' 'summary: this one' 'arch: x86' 'target: x86_64-linux-gnu' 'image: { file: machine.tar }' >toolchains/machine.yaml
  echo 'obj-m := hello.o' >src/Makefile
  echo x >stock/lib/modules/6.12.5/kernel/wifi.ko
  cat >stdlib/kernel.lua <<'LUA'
define "kernel" {
  doc = "What a kernel would give, without one.",
  params = { toolchain = { "step", doc = "A gcc." }, release = { "string", doc = "Its release." } },
  outputs = { modules = "", devel = "", source = "", toolchain = "", variables = "", release = "" },
  build = function(p)
    local devel = write "devel" { path = "include/config/kernel.release", text = p.release .. "\n" }
    local modules = write "modules" { path = "lib/modules/" .. p.release .. "/kernel/a.ko", text = "x" }
    return { devel, modules = modules, devel = devel, source = devel, toolchain = p.toolchain, variables = { ARCH = "x86" }, release = p.release }
  end,
}
LUA
  cat >r.lua <<'LUA'
recipe "r" { version = "1", license = "MIT", summary = "a kernel beside the stock one" }
local release = option.string { "release", "6.12.5", "Its release" }
local linux = kernel "linux" { toolchain = toolchain "machine", release = release }
local hello = modules "hello" { copy "src" { "src" }, kernel = linux, names = { "hello" } }
local stock = copy "stock" { "stock" }
return depmod "installed" { linux.modules, hello, kernel = linux, beside = stock }
LUA
}

@test "depmod: a release that the root file system's own kernel has is refused" {
  run jkr run r.lua installed/own-folder -q
  echo "$output"
  [ "$status" = 3 ]
  [[ $output == *'E1313'*'1 module of another kernel with the release `6.12.5` is there'* ]]
  jkr run r.lua installed/own-folder -q -D release=6.12.5-mine
}

@test "modules: the names that must come are asked for behind the build" {
  jkr plan r.lua --format json >plan.json
  [ "$(json '[(s["name"], s["primitive"]) for s in d["steps"] if s["name"] == "hello/came"]' <plan.json)" = "[('hello/came', 'module_check')]" ]
  sed -i 's/, names = { "hello" }//' r.lua
  jkr plan r.lua >plan
  no grep -q hello/came plan
}
