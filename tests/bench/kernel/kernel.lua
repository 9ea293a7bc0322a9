-- kernel.lua: a tiny arm64 kernel for the bench: made from nothing, or again after one change
recipe "kernel" { version = "1", license = "GPL-2.0-only", summary = "one make of a tiny arm64 kernel" }

local round  = option.string { "round", "0", "every word is a build directory and a result of its own" }
local edit   = option.bool { "edit", false, "kernel/sys.c from this project" }
local folder = option.bool { "folder", false, "the source is the folder linux of this project" }
local gcc    = toolchain "debian-arm64"

local deb    = fetch "linux-deb" { deb = "linux-source-6.12" }
local source = untar "source" { deb / "usr/src/linux-source-6.12.tar.xz", strip = 1 }
local vars   = { ARCH = "arm64", CROSS_COMPILE = gcc.prefix }
local config = make_in_container "config" {
  source, toolchain = gcc, variables = vars, targets = { "tinyconfig" }, build = "fresh", outputs = { ".config" },
}
local tree = source
if edit then tree = copy "edited" { on = source, "sys.c", as = "kernel/sys.c" } end
if folder then tree = "linux" end

local built = make_in_container("build-" .. round) {
  tree, toolchain = gcc, variables = vars, config = config / ".config", targets = { "Image" },
  outputs = { Image = "arch/arm64/boot/Image" }, env = { BENCH_ROUND = round }, -- another key: nothing is taken from the store
}
return bundle "kernel" { built }
