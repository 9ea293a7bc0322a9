-- run: run fetch-dsc-gone.lua -q
-- exit: 1
return fetch "hello" { dsc = "hello", version = "9.9" }
