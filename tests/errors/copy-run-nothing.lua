-- run: run copy-run-nothing.lua -q
-- exit: 1
local src = write "src" { path = "a.o", text = "" }
return copy "driver" { src, exclude = { "*.o" } }
