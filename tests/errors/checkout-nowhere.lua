-- run: edit checkout-nowhere.lua src nowhere/mine
return tree "src" { write { path = "a", text = "b" } }
