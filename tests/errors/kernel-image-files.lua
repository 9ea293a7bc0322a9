-- run: run kernel-image-files.lua -q
-- exit: 3
return kernel_image_check "image" { copy "c" { "a", "b" }, format = "Image" }
