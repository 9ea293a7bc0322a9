pack "out" { "parameters/board.dts", name = "x.tar", level = 99 }
