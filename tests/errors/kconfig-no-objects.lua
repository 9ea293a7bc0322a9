-- run: run kconfig-no-objects.lua -q
-- exit: 3
local img = untar "image" { "image.tar", rootfs = true }
local config = write "config" { path = ".config", text = "CONFIG_HZ=250\n" }
local src = write "src" { path = "Makefile", text = "VERSION = 6\n" }
return kconfig_check "honoured" { config = config, symbols = { HZ = 1000 }, source = src, build = config, toolchain = img }
