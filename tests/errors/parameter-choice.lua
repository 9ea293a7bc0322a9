pack "out" { "parameters/board.dts", name = "x", format = "tar.zts" }
