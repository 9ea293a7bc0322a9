local src = tree "src" { "a.tar" }
