-- run: run patch-link.lua -q
-- exit: 1
local src = untar { "src.tar" }
return patch "fix" { on = src, "two.patch" }
