copy "both" { "parameters/board.dts", "parameters/smp.config", as = "one" }
