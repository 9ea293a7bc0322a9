-- run: why why-not-made.lua CONFIG_HZ
-- exit: 1
local img = untar "image" { "image.tar", rootfs = true }
local config = write "config" { path = ".config", text = "CONFIG_HZ=250\n" }
return kconfig_check "honoured" { config = config, symbols = { HZ = 1000 }, source = "linux", build = config, toolchain = img }
