-- run: plan with-value.lua --with src
return tree "src" { write { path = "a", text = "b" } }
