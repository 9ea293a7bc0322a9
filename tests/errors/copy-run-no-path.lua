-- run: run copy-run-no-path.lua -q
-- exit: 2
local a = write "a" { path = "etc/motd", text = "one" }
return copy "one" { a / "etc/modt" }
