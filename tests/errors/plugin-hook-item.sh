mkdir -p plugins/camera
echo 'name: camera' >plugins/camera/plugin.yaml
echo 'return { write { path = "a", text = "b" } }' >plugins/camera/plugin.lua
