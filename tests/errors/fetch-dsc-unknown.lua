-- run: run fetch-dsc-unknown.lua -q
-- exit: 6
return fetch "hello" { dsc = "hello" }
