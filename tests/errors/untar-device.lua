-- run: run untar-device.lua -q
-- exit: 1
return untar "rootfs" { "rootfs.tar" }
