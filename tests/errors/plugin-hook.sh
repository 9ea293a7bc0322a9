mkdir -p plugins/camera
echo 'name: camera' >plugins/camera/plugin.yaml
echo 'return { post_extract = "none" }' >plugins/camera/plugin.lua
