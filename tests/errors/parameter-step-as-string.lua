local src = write "src" { path = "a", text = "b" }

edit "fix" { "a", on = "src", find = "b", replace = "c" }
return src
