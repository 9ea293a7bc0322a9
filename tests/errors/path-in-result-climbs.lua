local src = write "src" { path = "a", text = "b" }
return copy "out" { src / "../secret" }
