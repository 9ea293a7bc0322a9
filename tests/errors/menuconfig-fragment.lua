recipe "r" { version = "1", license = "MIT", summary = "two fragments, of which menuconfig cannot choose" }
local img = write "img" { path = "x", text = "x" }
local wanted = kconfig_append "wanted" { ".config", symbols = { fragment "one.config", fragment "two.config" } }
return make_in_container "config" {
  ".", toolchain = img, config = wanted / ".config", targets = { "olddefconfig" }, outputs = { ".config" },
}
