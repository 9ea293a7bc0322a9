local src = write "src" { path = "Makefile", text = "" }
return kernel "linux" { src, toolchain = toolchain "debian-arm", arch = "arm", images = { "zImage", "bzImage" } }.boot
