-- run: plan with-file.lua --with src=with-file.lua
return tree "src" { write { path = "a", text = "b" } }
