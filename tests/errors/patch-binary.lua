-- run: run patch-binary.lua -q
-- exit: 1
local src = write { path = "logo.bin", text = "one\n" }
return patch "fix" { on = src, "logo.patch" }
