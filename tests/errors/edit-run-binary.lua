-- run: run edit-run-binary.lua -q
-- exit: 1
local src = untar "src" { "src.tar" }
return edit "fix" { "logo.bin", on = src, find = "a", replace = "b" }
