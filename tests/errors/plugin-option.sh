mkdir -p plugins/camera && echo 'name: camera' >plugins/camera/plugin.yaml
cat >plugins/camera/plugin.lua <<'LUA'
local card = option.choice { "card", { "mono", "duo" }, "The capture card" }
return { post_extract = { write { path = "card", text = card } } }
LUA
