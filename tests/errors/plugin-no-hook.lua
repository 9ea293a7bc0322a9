-- run: check plugin-no-hook.lua --plugin team
local p = plugins { }
return tree "t" { write { path = "a", text = "b" }, p.post_extract }
