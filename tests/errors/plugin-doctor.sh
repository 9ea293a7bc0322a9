mkdir -p plugins/camera
echo 'name: camera' >plugins/camera/plugin.yaml
echo 'return { doctor = { fetch { file = "sdk.run" }, write { path = "a", text = "b" } } }' >plugins/camera/plugin.lua
