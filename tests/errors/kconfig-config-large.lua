-- run: run kconfig-config-large.lua -q
-- exit: 1
return kconfig_check "honoured" { config = "config", symbols = { HZ = 1000 } }
