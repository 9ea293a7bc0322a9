mkdir -p plugins/camera
echo 'return {}' >plugins/camera/plugin.lua
