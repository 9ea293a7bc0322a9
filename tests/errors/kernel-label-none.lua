local src = write "src" { path = "Makefile", text = "" }
return kernel_label "label" { config = src, source = src, toolchain = src }
