-- run: run kernel-label-other.lua -q
-- exit: 1
local img = untar "image" { "image.tar", rootfs = true }
local config = write "config" { path = ".config", text = "CONFIG_LOCALVERSION=\"\"\n" }
local src = write "src" { path = "Makefile", text = "VERSION = 6\nPATCHLEVEL = 1\nsyncconfig:\n\t@true\nkernelrelease:\n\t@echo 6.1-mine-dirty\n" }
return kernel_label "label" { config = config, source = src, toolchain = img, label = "mine" }
