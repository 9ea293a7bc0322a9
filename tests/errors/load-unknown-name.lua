wrte "goal" { path = "a", text = "hello" }
