-- run: run kconfig-link.lua -q
-- exit: 1
local src = untar "src" { "src.tar" }
return kconfig_append "config" { "defconfig", on = src, symbols = { HZ = 250 } }
