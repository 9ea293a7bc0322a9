-- riscv64.lua: a kernel for 64-bit RISC-V, booted on QEMU's virt machine by its OpenSBI
recipe "riscv64" { version = "1", license = "GPL-2.0-only", summary = "riscv64 on QEMU virt" }

local full = option.bool { "full", false, "The tree's defconfig with its modules, instead of the smallest kernel that boots" }

local gcc = toolchain "debian-riscv64"
local deb = fetch "linux-deb" { deb = "linux-source-6.12" }
local src = tree "linux-source" { untar { deb / "usr/src/linux-source-6.12.tar.xz", strip = 1 } }

local linux = kernel "linux" {
  src, toolchain = gcc, arch = "riscv", base = full and "defconfig" or "tinyconfig", localversion = "-virt",
  label = "qemu", -- `uname -r` says which build this is
  config = { when(not full, fragment "riscv64/virt.config") },
  images = { "Image" }, targets = full and { "modules" } or {},
}

boot "virt" {
  kernel = linux, memory = full and "512M" or nil,
  expect = { "OpenSBI", linux.release, "/proc/device-tree/model: riscv-virtio,qemu", "init: floating point counts", "init: done" },
}

return bundle "riscv64" { linux.boot, when(full, full and linux.modules) }
