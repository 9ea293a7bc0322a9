-- run: run run-on-part.lua -q
local src = write "src" { path = "drivers/Makefile", text = "obj-m += a.o\n" }
return write "fix" { on = src / "drivers", path = "a", text = "b" }
