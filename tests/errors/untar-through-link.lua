-- run: run untar-through-link.lua -q
-- exit: 1
return untar "src" { "driver.tar" }
