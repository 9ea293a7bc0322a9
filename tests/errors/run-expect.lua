-- run: run run-expect.lua -q
-- exit: 3
local img = untar "image" { "image.tar", rootfs = true }
return run_in_container "boot" { "sh", "-c", "echo Kernel panic", toolchain = img, expect = { "login:", "hello: loaded" } }
