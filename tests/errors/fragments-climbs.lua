return kconfig_append "x" { ".config", symbols = { fragments { "../board" } } }
