-- run: run dts-killed.lua -q
-- exit: 1
local gcc = untar "image" { "image.tar", rootfs = true }
return dtbo_compile "base" { "base.dts", toolchain = gcc }
