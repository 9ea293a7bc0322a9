-- raspberrypi4.lua: an arm64 kernel for Raspberry Pi 4, and the boot folder that its firmware reads
--   jkr run raspberrypi4.lua --profile raspberrypi-debian -o out    with Debian's tree in place of the vendor's
recipe "raspberrypi4" { version = "1", license = "GPL-2.0-only", summary = "Raspberry Pi 4, 64 bits" }

local full   = option.bool   { "full", false, "bcm2711_defconfig (of Debian's tree defconfig) with its modules, instead of the smallest kernel that boots" }
local origin = option.choice { "tree", { "vendor", "debian" }, "Raspberry Pi's own Linux, or Debian's" }
local vendor = origin == "vendor"
local src    = option.step   { "source", function() return use "raspberrypi/linux.lua" { tree = origin } end, "The kernel's source, where several boards share one" }

local gcc   = toolchain "debian-arm64"
local linux = kernel "linux" {
  src, toolchain = gcc, arch = "arm64", localversion = "-v8",
  base = not full and "tinyconfig" or vendor and "bcm2711_defconfig" or "defconfig",
  config = { when(not full, fragment "raspberrypi/small.config") },
  images = { "Image" }, targets = full and { "modules", "dtbs" } or { "dtbs" },
}

-- the vendor's tree holds its overlays; beside Debian's comes one that is ours
local ours   = not vendor and dtbo_compile "spi-on" { "raspberrypi/spi-on.dtso", toolchain = gcc, apply_to = linux.dtbs / "broadcom/bcm2711-rpi-4-b.dtb" } or nil
local folder = tree "boot" {
  run_in_container { toolchain = gcc, script = "raspberrypi/layout.sh", mounts = { ["/jkr/in/dtbs"] = linux.dtbs, ["/jkr/in/overlays"] = ours } },
  copy { linux.Image, as = "kernel8.img" },
  write { path = "config.txt", text = "arm_64bit=1\nkernel=kernel8.img\nenable_uart=1\n" .. (ours and "dtoverlay=spi-on\n" or "dtparam=spi=on\n") },
  write { path = "cmdline.txt", text = "console=serial0,115200 console=tty1 root=/dev/mmcblk0p2 rootfstype=ext4 rootwait\n" },
}
file_check "layout" { folder, present = { "kernel8.img", "bcm2711-rpi-4-b.dtb", "overlays/*.dtbo", "config.txt", "cmdline.txt" } }

-- QEMU 7.2 has no Raspberry Pi 4; kernel8.img is that of a 3 as well
boot "pi3" {
  kernel = linux, machine = "raspi3b", cpus = 4, memory = "1G", dtb = folder / "bcm2837-rpi-3-b.dtb", overlays = { when(ours, ours) },
  expect = { linux.release, "/proc/device-tree/model: Raspberry Pi 3 Model B", "init: floating point counts", "init: done" },
}

return bundle "raspberrypi4" { folder, when(full, full and linux.modules) }
