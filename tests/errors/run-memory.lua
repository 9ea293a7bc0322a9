-- run: run run-memory.lua -q
-- exit: 1
local img = untar "image" { "image.tar", rootfs = true }
return run_in_container "link" { "sh", "-c", "cat /dev/zero | tail -c 400M", toolchain = img, memory = "64M" }
