local mods = write "mods" { path = "a.ko", text = "b" }
vermagic_check "loadable" { mods, release = "6.12.5", arch = "amr64" }
