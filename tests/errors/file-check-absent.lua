-- run: run file-check-absent.lua -q
-- exit: 3
local t = write "t" { path = "etc/hostname", text = "board\n" }
file_check "there" { t, present = { "etc/hostnme", "etc/*.conf" } }
return t
