write "" { path = "a", text = "t" }
