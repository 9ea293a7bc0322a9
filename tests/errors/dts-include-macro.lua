-- run: run dts-include-macro.lua -q
-- exit: 1
local gcc = untar "image" { "dtc.tar", rootfs = true }
return dtbo_compile "base" { "base.dts", toolchain = gcc }
