-- run: run run-not-one-file.lua -q
local one = write { path = "a.tar", text = "" }
local src = write "src" { on = one, path = "b.tar", text = "" }
return untar "linux" { src }
