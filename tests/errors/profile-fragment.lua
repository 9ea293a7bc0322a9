-- run: check profile-fragment.lua --profile fast
return kconfig_append "asked" { ".config", symbols = { fragment "core.config", HZ = 100 } }
