return tree "src" { write { path = "a", text = "b" }, write { path = "c", text = "d" } }
