-- run: run untar-max-files.lua -q
-- exit: 1
return untar "src" { "driver.tar", max_files = 1 }
