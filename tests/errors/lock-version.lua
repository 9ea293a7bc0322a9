-- run: plan lock-version.lua
return write { path = "a", text = "b" }
