-- run: run run-no-program.lua -q
-- exit: 1
local img = untar "image" { "image.tar", rootfs = true }
return run_in_container "flash" { "mkimage", "-l", toolchain = img }
