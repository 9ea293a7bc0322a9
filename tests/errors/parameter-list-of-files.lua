copy "all" { "parameters/board.dts", exclude = 7 }
