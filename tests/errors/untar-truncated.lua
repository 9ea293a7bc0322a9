-- run: run untar-truncated.lua -q
-- exit: 1
return untar "src" { "linux.tar.xz" }
