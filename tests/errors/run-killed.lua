-- run: run run-killed.lua -q
-- exit: 1
local img = untar "image" { "image.tar", rootfs = true }
return run_in_container "boot" { "sh", "-c", "echo started; sleep 60", toolchain = img }
