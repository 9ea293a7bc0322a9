-- x86-64.lua: a kernel for 64-bit PCs, booted on QEMU's pc
recipe "x86-64" { version = "1", license = "GPL-2.0-only", summary = "x86-64 on QEMU pc" }

local full = option.bool { "full", false, "x86_64_defconfig with its modules, instead of the smallest kernel that boots" }

local gcc = toolchain "debian-host"
local deb = fetch "linux-deb" { deb = "linux-source-6.12" }
local src = tree "linux-source" { untar { deb / "usr/src/linux-source-6.12.tar.xz", strip = 1 } }

local linux = kernel "linux" {
  src, toolchain = gcc, arch = "x86", base = full and "x86_64_defconfig" or "tinyconfig", localversion = "-pc",
  config = { when(not full, fragment "x86-64/pc.config") },
  images = { "bzImage" }, targets = full and { "modules" } or {},
}

boot "pc" { kernel = linux, memory = full and "512M" or nil, expect = { linux.release, "init: floating point counts", "init: done" } }

return bundle "x86-64" { linux.boot, when(full, full and linux.modules) }
