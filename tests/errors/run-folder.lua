-- run: run run-folder.lua -q
return untar "linux" { "sources" }
