-- run: run patch-skip.lua -q
local src = write { path = "a.c", text = "one\ntwo\nthree\n" }
return patch "fix" { on = src, "two.patch", skip = { "tow.patch" } }
