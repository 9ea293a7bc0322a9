pack "out" { "parameters/board.dts", name = "board.rar" }
