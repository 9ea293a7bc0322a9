local menu = write "menu" { path = "extlinux.conf", text = "LABEL a\n  APPEND quiet\n" }
return extlinux { "extlinux.conf", on = menu, overlays = "/boot/camera.dtbo", args = "root=/dev/sda1 rw", without = "cma=" }
