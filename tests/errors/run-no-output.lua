-- run: run run-no-output.lua -q
-- exit: 1
local img = untar "image" { "image.tar", rootfs = true }
local src = write "src" { path = "Makefile", text = "all:\n\ttouch $(O)/driver.ko\n" }
return make_in_container "driver" { src, toolchain = img, outputs = { ["driver.ko"] = "drivr.ko" } }
