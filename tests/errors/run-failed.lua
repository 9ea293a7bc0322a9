-- run: run run-failed.lua -q
-- exit: 1
local img = untar "image" { "image.tar", rootfs = true }
return run_in_container "flash" { "sh", "-c", "echo 'flash.c:7: error: no such board'; exit 3", toolchain = img }
