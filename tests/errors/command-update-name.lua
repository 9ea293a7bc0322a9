-- run: update command-update-name.lua linux
return write "linux" { path = "a", text = "b" }
