-- run: check profile-key.lua --profile fast
return write "a" { path = "a", text = "a" }
