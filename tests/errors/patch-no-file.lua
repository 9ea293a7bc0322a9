-- run: run patch-no-file.lua -q
-- exit: 1
local src = write { path = "drivers/a.c", text = "one\ntwo\nthree\n" }
return patch "fix" { on = src, "two.patch" }
