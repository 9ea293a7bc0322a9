-- run: run pack-full.lua -q
-- exit: 1
local one = write { path = "a", text = string.rep("a", 3000) }
return pack "firmware" { one, name = "firmware.tar" }
