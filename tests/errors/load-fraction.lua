write "goal" { path = "a", text = "x", mode = 1.5 }
