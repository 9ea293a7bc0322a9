-- run: run untar-window.lua -q
-- exit: 1
return untar "src" { "driver.tar.zst" }
