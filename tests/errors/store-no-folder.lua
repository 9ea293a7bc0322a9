-- run: run store-no-folder.lua -q
-- exit: 6
return write { path = "a", text = "b" }
