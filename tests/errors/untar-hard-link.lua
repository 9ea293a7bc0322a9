-- run: run untar-hard-link.lua -q
-- exit: 1
return untar "src" { "driver.tar" }
