-- livepatch.lua: a kernel that runs gets a patch of its source, as a module; booted in QEMU, before and after
--   jkr run examples/livepatch.lua -o out
--   jkr log examples/livepatch.lua pc/console
recipe "livepatch" { version = "1", license = "GPL-2.0-only", summary = "a live patch for x86-64" }

local gcc = toolchain "debian-host"
local deb = fetch "linux-deb" { deb = "linux-source-6.12" }
local src = tree "linux-source" { untar { deb / "usr/src/linux-source-6.12.tar.xz", strip = 1 } }

local linux = kernel "linux" {
  src, toolchain = gcc, arch = "x86", base = "tinyconfig", localversion = "-live",
  config = {
    fragment "//recipes/x86-64/pc.config",
    -- what a live patch rests on: modules, names of all symbols, calls that ftrace can lead elsewhere, traces that can be trusted
    BUG = y, MODULES = y, KALLSYMS = y, KALLSYMS_ALL = y, FTRACE = y, FUNCTION_TRACER = y, DYNAMIC_FTRACE = y, UNWINDER_ORC = y,
    LIVEPATCH = y,
  },
}

local fix = livepatch "fix" { "files/livepatch/0001-proc-keep-a-password-out-of-cmdline.patch", kernel = linux }

boot "pc" {
  kernel = linux, modules = { fix }, append = "panic=-1 password=secret show=/proc/cmdline",
  expect = { "/proc/cmdline: console=ttyS0 panic=-1 password=secret", "init: fix.ko was accepted", "livepatch: enabling patch 'fix'",
             "/proc/cmdline: console=ttyS0 panic=-1 password=***", "init: done" },
}

return bundle "livepatch" { linux.Image, fix, fix.functions }
