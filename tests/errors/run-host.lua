-- run: run run-host.lua -q --backend none
-- exit: 6
local img = untar "image" { "image.tar", rootfs = true }
local src = write "src" { path = "Makefile", text = "all:\n\ttouch $(O)/driver.ko\n" }
return make_in_container "driver" { src, toolchain = img, outputs = { ["driver.ko"] = "driver.ko" } }
