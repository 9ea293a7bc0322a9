-- run: run copy-run-conflict.lua -q
-- exit: 1
local a = write "a" { path = "etc/motd", text = "one" }
local b = write "b" { path = "etc/motd", text = "two" }

return copy "both" { a, b }
