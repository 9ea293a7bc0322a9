local src = write "src" { path = "a", text = "b" }
edit "fix" { "a", on = src, find = "obj-(y", replace = "c", regex = true }
