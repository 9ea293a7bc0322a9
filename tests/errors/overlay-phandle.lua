-- run: run overlay-phandle.lua -q
-- exit: 3
overlay_check "new" { "phandle.dtbo", base = "board.dtb", new_libfdt = true }
overlay_check "phandle" { "phandle.dtbo", "label.dtbo", base = "board.dtb" }
return write "t" { path = "a", text = "x\n" }
