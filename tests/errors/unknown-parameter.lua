write "goal" { path = "a", txet = "hello" }
