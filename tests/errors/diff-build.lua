-- run: diff diff-build.lua:a@0123456789 diff-build.lua
return write "a" { path = "a", text = "b" }
