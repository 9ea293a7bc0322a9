-- run: run run-crowd.lua -q
-- exit: 1
local img = untar "image" { "image.tar", rootfs = true }
return run_in_container "bomb" { "sh", "-c", "echo 'sh: 1: Cannot fork'; exit 2", toolchain = img }
