mkdir -p plugins/camera
printf 'name: camera\nverison: 2\n' >plugins/camera/plugin.yaml
echo 'return {}' >plugins/camera/plugin.lua
