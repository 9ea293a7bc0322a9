local src = write "src" { path = ".config", text = "" }
kconfig_append "config" { on = src, { ["USB-STORAGE"] = y } }
