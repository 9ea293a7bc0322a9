return kconfig_append "x" { ".config", symbols = { fragments { "core/64bits" } } }
