-- run: run untar-climbs.lua -q
-- exit: 1
return untar "src" { "driver.tar" }
