-- run: run untar-not-archive.lua -q
-- exit: 1
return untar "src" { "linux.tar.gz" }
