-- run: run extlinux-check-large.lua -q
-- exit: 3
local t = write "t" { path = "boot/extlinux/extlinux.conf", text = string.rep("# nothing here\n", 80000) }
extlinux_check "menu" { t }
return t
