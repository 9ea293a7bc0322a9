-- run: run run-make-chain.lua -q
-- exit: 1
local img = untar "image" { "tools.tar", rootfs = true }
local src = write "src" {
  path = "Makefile",
  text = "all:\n\t+$(MAKE) --no-print-directory inner\ninner:\n\t@echo '  GEN     board.h'\n\t@echo 'mkboard: no such board: p3768'; exit 3\n",
}
return make_in_container "driver" { src, toolchain = img, outputs = { "driver.ko" } }
