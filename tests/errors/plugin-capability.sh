mkdir -p plugins/camera
printf '%s\n' 'name: camera' 'capabilities:' '  primitives: [copy, patch]' >plugins/camera/plugin.yaml
printf '%s\n' 'return {' '  post_build = { write { path = "etc/camera", text = "on" } },' '}' >plugins/camera/plugin.lua
