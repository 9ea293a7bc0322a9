write "goal" { "surprise", path = "a", text = "b" }
