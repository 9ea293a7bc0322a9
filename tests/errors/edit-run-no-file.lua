-- run: run edit-run-no-file.lua -q
-- exit: 1
local src = write "src" { path = "drivers/Makefile", text = "b" }
return edit "fix" { "drivers/Makefil", on = src, find = "b", replace = "c" }
