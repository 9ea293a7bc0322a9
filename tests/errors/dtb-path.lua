-- run: run dtb-path.lua -q
-- exit: 3
local gcc = untar "image" { "dtc.tar", rootfs = true }
local base = dtbo_compile "base" { "base.dts", toolchain = gcc, symbols = true }
return dtbo_compile "camera" { "camera.dtso", toolchain = gcc, apply_to = { base } }
