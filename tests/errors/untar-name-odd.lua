-- run: run untar-name-odd.lua -q
-- exit: 1
return untar "src" { "driver.tar" }
