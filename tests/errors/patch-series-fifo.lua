-- run: run patch-series-fifo.lua -q
local src = write { path = "a", text = "a\n" }
return patch { series = "series", on = src }
