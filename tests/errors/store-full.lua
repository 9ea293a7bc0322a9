-- run: run store-full.lua -q
-- exit: 1
return untar "firmware" { "firmware.tar" }
