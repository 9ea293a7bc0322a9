-- run: run command-export.lua -q -o out
-- exit: 1
return write "linux" { path = "a", text = "b" }
