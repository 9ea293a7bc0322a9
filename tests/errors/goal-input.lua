-- run: run goal-input.lua build -t one -q
local img = fetch "img" { file = "nowhere.bin", optional = true }
return make_in_container "build" { "src", toolchain = img, outputs = { "a" } }
