-- run: run run-ld.lua -q
-- exit: 1
local img = untar "image" { "tools.tar", rootfs = true }
local src = write "src" {
  path = "Makefile",
  text = "all:\n\tprintf '.globl _start\\n_start: call host1x_get\\n' | as -o a.o\n\tld -o $(O)/out a.o\n",
}
return make_in_container "link" { src, toolchain = img, outputs = { "out" } }
