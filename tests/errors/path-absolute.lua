write "goal" { path = "/etc/motd", text = "b" }
