-- run: run run-not-file.lua -q
local src = write "src" { path = "drivers/linux.tar", text = "obj-m += a.o\n" }
return untar "linux" { src / "drivers" }
