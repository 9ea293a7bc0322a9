-- run: plan store-nowhere.lua
-- exit: 6
return write { path = "a", text = "b" }
