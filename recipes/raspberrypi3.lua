-- raspberrypi3.lua: a 32-bit kernel for Raspberry Pi 2 and 3, and the boot folder that their firmware reads
--   jkr run raspberrypi3.lua --profile raspberrypi-debian -o out    with Debian's tree in place of the vendor's
recipe "raspberrypi3" { version = "1", license = "GPL-2.0-only", summary = "Raspberry Pi 3, 32 bits" }

local full   = option.bool   { "full", false, "bcm2709_defconfig (of Debian's tree multi_v7_defconfig) with its modules, instead of the smallest kernel that boots" }
local origin = option.choice { "tree", { "vendor", "debian" }, "Raspberry Pi's own Linux, or Debian's" }
local vendor = origin == "vendor"
local src    = option.step   { "source", function() return use "raspberrypi/linux.lua" { tree = origin } end, "The kernel's source, where several boards share one" }

local gcc   = toolchain "debian-arm"
local linux = kernel "linux" {
  src, toolchain = gcc, arch = "arm", localversion = "-v7",
  base = not full and "tinyconfig" or vendor and "bcm2709_defconfig" or "multi_v7_defconfig",
  config = { when(not full, fragment "raspberrypi/arm.config"), when(not full, fragment "raspberrypi/small.config") },
  images = { "zImage" }, targets = full and { "modules", "dtbs" } or { "dtbs" },
}

-- the vendor's tree holds its overlays; beside Debian's comes one that is ours
local ours   = not vendor and dtbo_compile "spi-on" { "raspberrypi/spi-on.dtso", toolchain = gcc, apply_to = linux.dtbs / "bcm2837-rpi-3-b.dtb" } or nil
local folder = tree "boot" {
  run_in_container { toolchain = gcc, script = "raspberrypi/layout.sh", mounts = { ["/jkr/in/dtbs"] = linux.dtbs, ["/jkr/in/overlays"] = ours } },
  copy { linux.Image, as = "kernel7.img" },
  write { path = "config.txt", text = "arm_64bit=0\nkernel=kernel7.img\nenable_uart=1\n" .. (ours and "dtoverlay=spi-on\n" or "dtparam=spi=on\n") },
  write { path = "cmdline.txt", text = "console=serial0,115200 console=tty1 root=/dev/mmcblk0p2 rootfstype=ext4 rootwait\n" },
}
file_check "layout" { folder, present = { "kernel7.img", "*-rpi-3-b.dtb", "overlays/*.dtbo", "config.txt", "cmdline.txt" } }

-- QEMU has the 32-bit board as a Pi 2; kernel7.img is the kernel of both
boot "pi2" {
  kernel = linux, machine = "raspi2b", cpus = 4, memory = "1G", dtb = folder / "bcm2836-rpi-2-b.dtb", overlays = { when(ours, ours) },
  expect = { linux.release, "/proc/device-tree/model: Raspberry Pi 2 Model B", "init: floating point counts", "init: done" },
}

return bundle "raspberrypi3" { folder, when(full, full and linux.modules) }
