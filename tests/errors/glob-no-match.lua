local src = write "src" { path = "a", text = "b" }
copy "patches" { "parameters/*.pacth" }
