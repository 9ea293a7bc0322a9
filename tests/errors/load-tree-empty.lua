local src = tree "src" { }
