-- run: bisect bisect-same.lua bisect-same.lua
return write "a" { path = "a", text = "b" }
