-- run: run kconfig-allow.lua -q
local config = write "config" { path = ".config", text = "CONFIG_HZ=250\n" }
return kconfig_check "honoured" { config = config, symbols = { HZ = 250 }, allow = { "HZ", "NUMA" } }
