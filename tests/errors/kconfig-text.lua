-- run: run kconfig-text.lua -q
local src = write "src" { path = "version", text = "1\n2" }
return kconfig_append "config" { ".config", symbols = { LOCALVERSION = text(src / "version") } }
