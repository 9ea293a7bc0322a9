-- run: plan with-twice.lua --with src=. --with src=..
return tree "src" { write { path = "a", text = "b" } }
