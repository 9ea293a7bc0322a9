-- run: run run-timeout.lua -q
-- exit: 1
local img = untar "image" { "image.tar", rootfs = true }
return run_in_container "boot" { "sleep", "60", toolchain = img, timeout = 1 }
