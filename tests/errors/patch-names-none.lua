local src = write { path = "a.c", text = "one\n" }
return patch "fix" { on = src }
