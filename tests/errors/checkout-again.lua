return { tree "src" { write { path = "a", text = "b\n" } }, tree "other" { write { path = "a", text = "c\n" } } }
