-- run: run patch-no-fit.lua -q
-- exit: 1
local src = write { path = "a.c", text = "one\ntwo again\nthree\n" }
return patch "fix" { on = src, "two.patch" }
