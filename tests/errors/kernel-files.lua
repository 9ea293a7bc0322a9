local src = write "src" { path = "Makefile", text = "" }
local gcc = toolchain "debian-arm64"
return bundle "all" {
  kernel "library" { src, toolchain = gcc, fragments = { "core/64bits" }, config = { fragment "board.config" } }.Image,
  kernel "preset" { src, toolchain = gcc, preset = "preset.config" }.Image,
  kernel "saved" {
    src, toolchain = gcc,
    saved = "kept.config",
  }.Image,
}
