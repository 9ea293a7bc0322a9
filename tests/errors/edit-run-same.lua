-- run: run edit-run-same.lua -q
-- exit: 1
local src = write "src" { path = "Makefile", text = "obj-m += a.o\n" }
return edit "fix" { "Makefile", on = src, find = "obj-m", replace = "obj-m" }
