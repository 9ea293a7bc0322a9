-- run: run kconfig-twice.lua -q
return kconfig_append "config" { ".config", symbols = { fragment "rt.config" } }
