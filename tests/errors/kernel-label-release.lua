-- run: run kernel-label-release.lua -q
-- exit: 1
local img = untar "image" { "image.tar", rootfs = true }
local config = write "config" { path = ".config", text = "CONFIG_LOCALVERSION=\"-a-local-version-that-leaves-no-room-for-a-label-and-its-digits\"\n" }
local src = write "src" { path = "Makefile", text = "VERSION = 6\nPATCHLEVEL = 1\n-include $(O)/.config\nsyncconfig:\n\t@true\nkernelrelease:\n\t@echo 6.1$(CONFIG_LOCALVERSION)\n" }
return kernel_label "label" { config = config, source = src, toolchain = img, label = "mine" }
