-- run: run goal-failed.lua build -t one -q
-- exit: 1
local img = untar "image" { "image.tar", rootfs = true }
return make_in_container "build" { "src", toolchain = img, outputs = { "a" } }
