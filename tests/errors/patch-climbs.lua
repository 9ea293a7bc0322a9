-- run: run patch-climbs.lua -q
-- exit: 1
local src = write { path = "a.c", text = "one\ntwo\nthree\n" }
return patch "fix" { on = src, strip = 1, "two.patch" }
