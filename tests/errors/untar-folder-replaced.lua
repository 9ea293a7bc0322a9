-- run: run untar-folder-replaced.lua -q
-- exit: 1
return untar "src" { "driver.tar" }
