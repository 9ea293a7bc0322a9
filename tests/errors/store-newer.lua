-- run: run store-newer.lua -q
-- exit: 6
return write { path = "a", text = "b" }
