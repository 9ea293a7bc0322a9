-- run: diff diff-none.lua diff-none.lua
return write "w" { path = "a", text = "b" }
