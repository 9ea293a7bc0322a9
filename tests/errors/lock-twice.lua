-- run: plan lock-twice.lua
return write { path = "a", text = "b" }
