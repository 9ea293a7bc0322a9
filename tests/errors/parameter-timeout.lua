write "goal" { path = "a", text = "b", timeout = -5 }
