write "goal" { path = "a" text = "hello" }
