-- run: run store-through-link.lua -q
-- exit: 1
local src = untar "src" { "src.tar" }
return write "etc" { on = src, path = "etc/hostname", text = "board" }
