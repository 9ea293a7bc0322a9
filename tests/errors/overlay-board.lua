-- run: run overlay-board.lua -q
-- exit: 3
overlay_check "fine" { "camera.dtbo", base = "board.dtb", any_board = true }
overlay_check "camera" { "camera.dtbo", base = "board.dtb" }
return write "t" { path = "a", text = "x\n" }
