-- linux.lua: the kernel that qemu-arm64.lua and qemu.lua boot
recipe "qemu-arm64-linux" { version = "1", license = "GPL-2.0-only", summary = "a small arm64 kernel for QEMU's virt machine" }

local full = option.bool { "full", false, "The tree's defconfig, instead of the smallest kernel that boots" }

local gcc = toolchain "debian-arm64"
local deb = fetch "linux-deb" { deb = "linux-source-6.12" }
local src = tree "source" { untar { deb / "usr/src/linux-source-6.12.tar.xz", strip = 1 } }

return kernel "kernel" {
  src, toolchain = gcc, arch = "arm64", base = full and "defconfig" or "tinyconfig", localversion = "-virt",
  config = { when(not full, fragment "virt.config"), fragment "debug.config" },
  images = { "Image", "Image.gz", "vmlinux" },
}
