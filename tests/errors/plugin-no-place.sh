mkdir -p plugins/camera
echo 'name: camera' >plugins/camera/plugin.yaml
echo 'return {}' >plugins/camera/plugin.lua
