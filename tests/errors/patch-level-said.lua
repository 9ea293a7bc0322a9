-- run: run patch-level-said.lua -q
-- exit: 1
local src = write { path = "drivers/a.c", text = "one\n" }
return patch "fix" { on = src, "new.patch", strip = 0 }
