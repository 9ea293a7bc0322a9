write "goal" { path = "a", text = tostring({}) }
