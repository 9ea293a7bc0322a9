-- run: run untar-absolute.lua -q
-- exit: 1
return untar "src" { "driver.tar" }
