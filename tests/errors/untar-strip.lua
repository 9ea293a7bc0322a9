-- run: run untar-strip.lua -q
-- exit: 1
return untar "src" { "driver.tar", strip = 2 }
