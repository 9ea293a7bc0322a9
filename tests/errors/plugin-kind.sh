mkdir -p plugins/camera
echo 'return { post_build = { } }' >plugins/camera/plugin.lua
printf 'name: camera\nversion: [1, 2]\n' >plugins/camera/plugin.yaml
