-- run: run patch-no-file-strip.lua -q
-- exit: 1
local src = write { path = "drivers/a.c", text = "one\ntwo\nthree\n" }
return patch "fix" { on = src, strip = 2, "two.patch" }
