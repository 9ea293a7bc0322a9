-- run: run kconfig-no-modules.lua -q
-- exit: 3
local config = write "config" { path = ".config", text = "CONFIG_HZ=250\n# CONFIG_MODULES is not set\n" }
return kconfig_check "honoured" { config = config, symbols = { HZ = 250 }, modules = true }
