-- run: menuconfig menuconfig-none.lua
recipe "r" { version = "1", license = "MIT", summary = "a recipe without a kernel" }
return write "a" { path = "a", text = "a" }
