write "goal" { path = "a", text = "b", compression = 9 }
