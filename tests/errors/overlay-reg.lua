-- run: run overlay-reg.lua -q
-- exit: 3
overlay_check "reg" { "reg.dtbo", "bus.dtbo", base = "board.dtb" }
return write "t" { path = "a", text = "x\n" }
