-- run: run untar-packed-text.lua -q
-- exit: 1
return untar "src" { "linux.tar.gz" }
