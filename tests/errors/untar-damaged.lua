-- run: run untar-damaged.lua -q
-- exit: 1
return untar "src" { "linux.tar.gz" }
