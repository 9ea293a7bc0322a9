local src = write "src" { path = ".config", text = "" }
kconfig_append "config" { ".config", on = src, symbols = { CONFIG_SMP = y } }
