-- run: run export-full.lua -q -o out
-- exit: 1
local src = untar "src" { "firmware.tar" }
return bundle "firmware" { src }
