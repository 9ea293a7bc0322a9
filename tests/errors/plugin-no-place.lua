-- run: check plugin-no-place.lua --plugin plugins/camera
return write { path = "a", text = "b" }
