-- run: run dtbo-empty.lua -q
-- exit: 3
local gcc = untar "image" { "dtc.tar", rootfs = true }
return dtbo_compile "camera" { "camera.dtso", toolchain = gcc }
