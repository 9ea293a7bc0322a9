-- run: run extlinux-append.lua -q
-- exit: 1
local menu = write "menu" { path = "extlinux.conf", text = "LABEL primary\n  LINUX /boot/Image\n" }
return extlinux { "extlinux.conf", on = menu, args = "rootwait" }
