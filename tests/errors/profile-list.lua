-- run: check profile-list.lua --profile board
return write { path = "a", text = "b" }
