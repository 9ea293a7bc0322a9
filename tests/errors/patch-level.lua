-- run: run patch-level.lua -q
-- exit: 1
local one = write { path = "b.c", text = "one\ntwo\nthree\n" }
local src = write { on = one, path = "drivers/b.c", text = "one\ntwo\nthree\n" }
return patch "fix" { on = src, "two.patch" }
