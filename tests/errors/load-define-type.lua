define "board" {
  params = { size = { "itn", doc = "A size." } },
  build = function(p) return write "a" { path = "a", text = "x" } end,
}
