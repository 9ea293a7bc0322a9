local src = write "src" { path = "a", text = "b" }
edit "fix" { "a", "c", on = src, find = "b", replace = "c" }
