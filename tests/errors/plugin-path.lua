-- run: run plugin-path.lua -q
-- exit: 1
local p = plugins { plugin "camera" }
return tree "board" { write { path = "a", text = "b" }, p.post_build }
