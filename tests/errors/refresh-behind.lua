return tree "src" { write { path = "a", text = "a\n" }, patch { series = "patches/series" }, write { path = "a", text = "b\n" } }
