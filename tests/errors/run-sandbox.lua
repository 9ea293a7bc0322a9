-- run: run run-sandbox.lua -q
-- exit: 6
local img = untar "image" { "image.tar", rootfs = true }
return run_in_container "boot" { "true", toolchain = img }
