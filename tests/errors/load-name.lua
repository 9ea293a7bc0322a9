write "my goal" { path = "a", text = "x" }
