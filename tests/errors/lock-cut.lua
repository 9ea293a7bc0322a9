-- run: plan lock-cut.lua
return write { path = "a", text = "b" }
