-- run: run edit-run-count.lua --progress=plain -q
-- exit: 1
local src = write "src" { path = "drivers/Makefile", text = "obj-y += a.o\nobj-y += b.o\n" }

return edit "fix" {
  "drivers/Makefile",
  on = src,
  find = "obj-y",
  replace = "obj-m",
}
