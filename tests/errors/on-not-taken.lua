local src = write "src" { path = "a", text = "b" }
pack "out" { src, on = src, name = "x.tar" }
