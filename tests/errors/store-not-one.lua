-- run: run store-not-one.lua -q
-- exit: 6
return write { path = "a", text = "b" }
