-- run: run vermagic-no-release.lua -q
-- exit: 3
local kernel = write "linux" { path = "Image", text = "" }
vermagic_check "loadable" { "*.ko", kernel = kernel }
return kernel
