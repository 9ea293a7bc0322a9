-- run: run run-depmod.lua -q
-- exit: 1
local img = untar "image" { "tools.tar", rootfs = true }
local script = [[
mkdir -p lib/modules/6.1.0
depmod -b . -F boot/System.map 6.1.0 && exit
echo the modules are in lib/modules
echo the release is 6.1.0
echo giving up; exit 1]]
return run_in_container "index" { "sh", "-ec", script, toolchain = img }
