-- run: run untar-empty-file.lua -q
-- exit: 1
return untar "src" { "linux.tar" }
