-- run: run overlay-twins.lua -q
-- exit: 3
overlay_check "each" { "cam.dtbo", "lens.dtbo", base = "board.dtb" }
overlay_check "all" { "rom.dtbo", "cam.dtbo", "lens.dtbo", base = "board.dtb", together = true }
return write "t" { path = "a", text = "x\n" }
