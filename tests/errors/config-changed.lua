-- run: run config-changed.lua -q
-- exit: 1
local img = untar "image" { "image.tar", rootfs = true }
local config = write "config" { path = ".config", text = "CONFIG_CC_VERSION_TEXT=\"gcc 12\"\nCONFIG_CC_IS_GCC=y\nCONFIG_GOOD=y\nCONFIG_KEPT=m\n" }
return make_in_container "build" { "src", toolchain = img, config = config / ".config", outputs = { "vmlinux" } }
