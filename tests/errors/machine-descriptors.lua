-- run: run machine-descriptors.lua -q
-- exit: 6
local a = write "a" { path = "a", text = "no descriptor is left for its process" }
return a
