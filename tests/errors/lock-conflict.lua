-- run: plan lock-conflict.lua
return write { path = "a", text = "b" }
