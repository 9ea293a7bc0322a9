-- run: run run-modprobe.lua -q
-- exit: 1
local img = untar "image" { "tools.tar", rootfs = true }
local script = [[
modprobe -S 6.1.0 -n nvme && exit
echo lib/modules is
echo what it looks at
exit 1]]
return run_in_container "load" { "sh", "-ec", script, toolchain = img }
