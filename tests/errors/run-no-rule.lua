-- run: run run-no-rule.lua -q
-- exit: 1
local img = untar "image" { "tools.tar", rootfs = true }
local src = write "src" {
  path = "Makefile",
  text = "all:\n\t+$(MAKE) --no-print-directory driver.ko\ndriver.ko: metis.o\n\ttouch $@\n",
}
return make_in_container "driver" { src, toolchain = img, outputs = { "driver.ko" } }
