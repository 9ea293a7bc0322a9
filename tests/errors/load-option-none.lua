-- run: check load-option-none.lua -D frobnicate=true
return write { path = "a", text = "b" }
