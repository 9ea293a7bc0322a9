-- run: run run-changed.lua -q -j 1
-- exit: 1
local img = untar "image" { "image.tar", rootfs = true }
local slow = run_in_container "slow" { "sh", "-c", "echo started; sleep 2; echo a > a", toolchain = img }
local firmware = untar "zfirmware" { "firmware.tar" }
return bundle "board" { slow, firmware }
