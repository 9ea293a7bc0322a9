-- run: run untar-nothing.lua -q
-- exit: 1
return untar "src" { "driver.tar" }
