local src = write "src" { path = ".config", text = "" }
kconfig_append "config" { on = src, { CONFIG_SMP = y } }
