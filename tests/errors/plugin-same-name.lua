-- run: check plugin-same-name.lua --plugin other/camera
local p = plugins { plugin { "camera" } }
return tree "src" { write { path = "a", text = "a" }, p.post_extract }
