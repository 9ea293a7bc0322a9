recipe "r" { version = "1", license = "MIT", summary = "menus that do not compile" }
local img = untar "img" { "image.tar", rootfs = true }
local wanted = kconfig_append "wanted" { ".config", symbols = { fragment "board.config" } }
return make_in_container "config" {
  "src", toolchain = img, config = wanted / ".config", targets = { "olddefconfig" }, outputs = { ".config" },
}
