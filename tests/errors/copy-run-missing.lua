-- run: run copy-run-missing.lua -q
local src = write "src" { path = "drivers/Makefile", text = "obj-m += a.o\n" }
return copy "driver" { src / "driver" }
