-- run: run run-capture.lua -q
-- exit: 1
local img = untar "image" { "image.tar", rootfs = true }
return run_in_container "dump" { "cat", "/dev/zero", toolchain = img, capture = "zeros" }
