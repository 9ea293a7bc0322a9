-- run: run patch-name-long.lua -q
-- exit: 1
local src = write { path = "a", text = "a\n" }
return patch { "long.patch", strip = 1, on = src }
