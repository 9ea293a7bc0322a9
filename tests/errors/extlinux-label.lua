-- run: run extlinux-label.lua -q
-- exit: 1
local menu = write "menu" { path = "extlinux.conf", text = "DEFAULT primary\nLABEL primary\n  APPEND quiet\n" }
return extlinux { "extlinux.conf", on = menu, label = "primry", args = "rootwait" }
