-- run: run dtb-damaged.lua -q
-- exit: 1
local gcc = untar "image" { "dtc.tar", rootfs = true }
return dtbo_compile "camera" { "camera.dtso", toolchain = gcc, apply_to = { "base.dtb" } }
