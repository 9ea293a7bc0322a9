copy "all" { "parameters/board.dts", sources = { "parameters/smp.config" } }
