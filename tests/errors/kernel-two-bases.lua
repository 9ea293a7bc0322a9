local src = write "src" { path = "Makefile", text = "" }
return kernel "linux" { src, toolchain = toolchain "debian-arm64", base = "tinyconfig", saved = "board.config" }
