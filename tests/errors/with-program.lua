-- run: plan with-program.lua --with build=.
local img = tree "img" { write { path = "a", text = "b" } }
local src = tree "src" { write { path = "a", text = "b" } }
return make_in_container "build" { src, toolchain = img, outputs = { "a" } }
