return tree "src" { write { path = "a", text = "b\n" } }
