local p = plugins { plugin { "camera", card = "mono" } }
local camera = use "camera.lua" { card = "duo" }
return tree "src" { camera, p.post_extract }
