local p = plugins { plugin "camera", plugin "audio" }
local config = write "config" { path = ".config", text = "" }
return tree "configured" { config, p.post_defconfig }
