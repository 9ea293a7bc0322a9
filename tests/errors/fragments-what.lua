return kconfig_append "x" { ".config", symbols = { fragments { fragment "board.config" } } }
