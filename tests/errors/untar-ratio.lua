-- run: run untar-ratio.lua -q
-- exit: 1
return untar "src" { "driver.tar.gz", ratio = 10 }
