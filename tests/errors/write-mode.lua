write "goal" { path = "a", text = "b", mode = "rwx" }
