-- run: run patch-series-empty.lua -q
local src = write { path = "a.c", text = "one\n" }
return patch "fix" { on = src, series = "patches/series" }
