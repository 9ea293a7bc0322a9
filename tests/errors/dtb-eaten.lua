-- run: run dtb-eaten.lua -q
-- exit: 3
local gcc = untar "image" { "dtc.tar", rootfs = true }
local base = dtbo_compile "base" { "keys.dts", toolchain = gcc, defines = { linux = "1" } }
return base
