-- run: run untar-max-size.lua -q
-- exit: 1
return untar "src" { "driver.tar", max_size = "8K" }
