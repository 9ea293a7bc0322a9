-- vexpress.lua: a 32-bit arm kernel with hard float for ARM's Versatile Express, booted on QEMU's vexpress-a9
recipe "vexpress" { version = "1", license = "GPL-2.0-only", summary = "32-bit arm on Versatile Express" }

local full = option.bool { "full", false, "vexpress_defconfig with its modules, instead of the smallest kernel that boots" }

local gcc = toolchain "debian-arm"
local deb = fetch "linux-deb" { deb = "linux-source-6.12" }
local src = tree "linux-source" { untar { deb / "usr/src/linux-source-6.12.tar.xz", strip = 1 } }

local linux = kernel "linux" {
  src, toolchain = gcc, arch = "arm", base = full and "vexpress_defconfig" or "tinyconfig", localversion = "-vexpress",
  config = { when(not full, fragment "vexpress/vexpress.config") },
  images = { "zImage", "uImage" }, targets = full and { "modules", "dtbs" } or { "dtbs" },
  variables = { LOADADDR = "0x60008000" }, -- where U-Boot puts the uImage: 32 kB into the memory
}

boot "a9" {
  kernel = linux, machine = "vexpress-a9", dtb = linux.dtbs / "vexpress-v2p-ca9.dtb",
  expect = { linux.release, "/proc/device-tree/model: V2P-CA9", "init: floating point counts", "init: done" },
}

return bundle "vexpress" { linux.boot, linux.dtbs, when(full, full and linux.modules) }
