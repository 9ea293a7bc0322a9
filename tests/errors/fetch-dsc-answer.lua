-- run: run fetch-dsc-answer.lua -q
-- exit: 6
return fetch "hello" { dsc = "hello" }
