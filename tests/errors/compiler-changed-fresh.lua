-- run: run compiler-changed-fresh.lua -q
-- exit: 1
local img = untar "image" { "image.tar", rootfs = true }
local config = write "config" { path = ".config", text = "CONFIG_CC_VERSION_TEXT=\"gcc 12\"\nCONFIG_CC_IS_GCC=y\n" }
return make_in_container "build" { "src", toolchain = img, config = config / ".config", build = "fresh", outputs = { "vmlinux" } }
