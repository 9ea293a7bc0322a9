-- run: run edit-run-none.lua -q
-- exit: 1
local src = write "src" { path = "Makefile", text = "obj-y += a.o\n" }
return edit "fix" { "Makefile", on = src, find = "dtbo-y", replace = "dtb-y", times = 0 }
