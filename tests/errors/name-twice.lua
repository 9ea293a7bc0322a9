write "goal" { path = "a", text = "b" }

write "goal" { path = "c", text = "d" }
