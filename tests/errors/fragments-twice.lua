return kconfig_append "x" { ".config", symbols = { fragments { "net/tcp", "core/64bit", "net/tcp" } } }
