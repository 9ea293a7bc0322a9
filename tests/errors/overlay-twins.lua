-- run: run overlay-twins.lua -q
-- exit: 3
overlay_check "each" { "cam.dtbo", "lens.dtbo", base = "board.dtb" }
overlay_check "one" { "rom.dtbo", base = "board.dtb" }
overlay_check "both" { "cam.dtbo", "lens.dtbo", base = "board.dtb", together = true }
return write "t" { path = "a", text = "x\n" }
