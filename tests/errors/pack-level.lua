pack "out" { "parameters/board.dts", name = "board.tar.gz", level = 12 }
