write "goal" { path = "../../etc/passwd", text = "b" }
