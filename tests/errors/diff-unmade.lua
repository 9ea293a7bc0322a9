-- run: diff diff-unmade.lua diff-unmade.lua --kind config
local config = write "config" { path = ".config", text = "CONFIG_HZ=250\n" }
return kconfig_check "honoured" { config = config, symbols = { HZ = 250 } }
