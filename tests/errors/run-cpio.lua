-- run: run run-cpio.lua -q
-- exit: 1
local img = untar "image" { "tools.tar", rootfs = true }
local script = [[
echo sbin/init | cpio -o -H newc >initrd && exit
echo 1; echo 2; echo 3; exit 1]]
return run_in_container "initrd" { "sh", "-ec", script, toolchain = img }
