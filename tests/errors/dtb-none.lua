-- run: run dtb-none.lua -q
local gcc = untar "image" { "dtc.tar", rootfs = true }
local base = write "base" { path = "README", text = "no blob here" }
return dtbo_compile "camera" { "camera.dtso", toolchain = gcc, apply_to = { base } }
