overlay_check "camera" { "empty.dtbo", "camera.dtbo", base = "board.dtb" }
return write "t" { path = "a", text = "x\n" }
