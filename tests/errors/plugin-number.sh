mkdir -p plugins/camera
echo 'name: camera' >plugins/camera/plugin.yaml
echo 'return 7' >plugins/camera/plugin.lua
