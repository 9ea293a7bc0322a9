-- run: run run-busy.lua -q --no-wait
-- exit: 8
local img = untar "image" { "image.tar", rootfs = true }
return run_in_container "boot" { "sh", "-c", "echo started; sleep 10", toolchain = img }
