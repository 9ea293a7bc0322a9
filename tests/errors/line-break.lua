write "goal" { path = "a", text = "b", mode = "0644\n" }
