-- run: run run-disk.lua -q
-- exit: 1
local img = untar "image" { "image.tar", rootfs = true }
return run_in_container "fill" { "sh", "-c", "cat /dev/zero >/jkr/out/file", toolchain = img, outputs = { "file" } }
