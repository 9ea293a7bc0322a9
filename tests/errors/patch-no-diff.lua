-- run: run patch-no-diff.lua -q
-- exit: 1
local src = write { path = "a.c", text = "one\n" }
return patch "fix" { on = src, "page.patch" }
