-- run: run untar-owner.lua -q
-- exit: 1
return untar "root" { "root.tar", rootfs = true }
