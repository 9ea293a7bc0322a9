-- run: run run-mkfs.lua -q
-- exit: 1
local img = untar "image" { "tools.tar", rootfs = true }
local script = [[
mkdir root
head -c 2000000 /dev/zero | tr '\0' x >root/file
mkfs.ext4 -q -d root disk.img 1M && exit
echo 1; echo 2; echo 3; exit 1]]
return run_in_container "disk" { "sh", "-ec", script, toolchain = img }
