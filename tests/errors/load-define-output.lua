define "board" {
  outputs = { Image = "the image", dtb = "the device tree" },
  build = function(p)
    local a = write "a" { path = "a", text = "x" }
    return { a, dtb = a / "a" }
  end,
}
return board "b" { }.Image
