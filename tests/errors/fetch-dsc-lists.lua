-- run: run fetch-dsc-lists.lua -q
-- exit: 6
return fetch "hello" { dsc = "hello" }
