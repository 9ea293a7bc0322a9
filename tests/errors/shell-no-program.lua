-- run: shell shell-no-program.lua src
return write "src" { path = "a", text = "b" }
