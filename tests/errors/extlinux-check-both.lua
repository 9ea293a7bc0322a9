local t = write "t" { path = "boot/extlinux/extlinux.conf", text = "" }
extlinux_check "menu" { t, overlays = "/boot/a.dtbo", no_overlays = true }
return t
