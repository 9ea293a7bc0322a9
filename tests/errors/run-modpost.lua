-- run: run run-modpost.lua -q
-- exit: 1
local img = untar "image" { "image.tar", rootfs = true }
local src = write "src" {
  path = "Makefile",
  text = "all:\n\t@echo 'WARNING: modpost: \"pci_find\" [/jkr/src/driver.ko] undefined!'\n\ttouch $(O)/driver.ko\n",
}
return make_in_container "driver" { src, toolchain = img, outputs = { ["driver.ko"] = "driver.ko" } }
