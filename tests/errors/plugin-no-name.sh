mkdir -p plugins/camera
echo '- camera' >plugins/camera/plugin.yaml
echo 'return {}' >plugins/camera/plugin.lua
