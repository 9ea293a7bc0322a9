-- qemu-arm64-rt.lua: a PREEMPT_RT arm64 kernel, a driver and an overlay, booted in QEMU
recipe "qemu-arm64-rt" { version = "1", license = "GPL-2.0-only", summary = "arm64 PREEMPT_RT on QEMU virt" }

local rt  = option.bool { "rt", true, "PREEMPT_RT instead of PREEMPT_NONE" }
local gcc = toolchain "debian-arm64"

-- Debian 12 has it in its security suite; PREEMPT_RT is in mainline from 6.12 on
local deb = fetch "linux-deb" { deb = "linux-source-6.12" }
local src = tree "linux-source" {
  untar { deb / "usr/src/linux-source-6.12.tar.xz", strip = 1 },
  patch { series = "qemu-arm64-rt/patches/series" },
}

local linux = kernel "linux" {
  src, toolchain = gcc, arch = "arm64", base = "tinyconfig", localversion = "-jkr",
  config = {
    fragment "qemu-arm64-rt/virt.config",
    PREEMPT_RT = rt,
    OF_OVERLAY = y,
  },
}

local hello   = modules "hello" { "//examples/hello-module", kernel = linux }
local base    = devicetree "virt-base" { "qemu-arm64-rt/virt.dts", toolchain = gcc, include = { src / "include" } }
local overlay = dtbo_compile "hello-node" { "qemu-arm64-rt/hello.dtso", toolchain = gcc, apply_to = base }

vermagic_check "loadable" { linux.modules, hello, kernel = linux, symbols = true }

boot "virt" {
  kernel = linux, dtb = base, overlays = { overlay },
  init = "qemu-arm64-rt/init.c", modules = { hello },
  expect = {
    when(rt, "PREEMPT_RT"),
    "jkr: this kernel was built from a recipe",
    "hello: loaded",
    "hello-node: ok, hello from the overlay",
    "init: done",
  },
  timeout = 60,
}

return bundle "qemu-arm64-rt" { linux.Image, linux.modules, hello, base, overlay }
