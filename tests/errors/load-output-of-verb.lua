local src = write "goal" { path = "a", text = "hello" }
return src.Image
