mkdir -p plugins/camera
echo 'name: camera' >plugins/camera/plugin.yaml
echo 'return { pre_bundel = {} }' >plugins/camera/plugin.lua
