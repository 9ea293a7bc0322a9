-- run: run patch-applied.lua -q
-- exit: 1
local src = write { path = "a.c", text = "one\nTWO\nthree\n" }
return patch "fix" { on = src, "two.patch" }
