-- run: diff diff-several.lua diff-several.lua
local config = write "config" { path = ".config", text = "CONFIG_HZ=250\n" }
local a = kconfig_check "a" { config = config, symbols = { HZ = 250 } }
return { a, kconfig_check "b" { config = config, symbols = { HZ = 250 } } }
