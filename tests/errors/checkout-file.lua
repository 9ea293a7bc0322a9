-- run: edit checkout-file.lua src checkout-file.lua
return tree "src" { write { path = "a", text = "b" } }
