-- run: run kconfig-line.lua -q
return kconfig_append "config" { ".config", symbols = { fragment "rt.config" } }
