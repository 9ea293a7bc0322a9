-- run: run kernel-image.lua -q
-- exit: 3
return kernel_image_check "image" { "zImage", arch = "arm" }
