local mods = write "mods" { path = "a.ko", text = "b" }
vermagic_check "loadable" { mods }
