-- run: run patch-line-ends.lua -q
-- exit: 1
local src = write { path = "a.c", text = "one\r\ntwo\r\nthree\r\n" }
return patch "fix" { on = src, "two.patch" }
