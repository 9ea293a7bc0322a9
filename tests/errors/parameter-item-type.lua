copy "all" {
  "parameters/board.dts",
  12,
}
