-- run: run overlay-together.lua -q
-- exit: 3
overlay_check "each" { "a.dtbo", base = "board.dtb" }
overlay_check "both" {
  "a.dtbo", "same.dtbo", "b.dtbo",
  base = "board.dtb", together = true,
}
return write "t" { path = "a", text = "x\n" }
