-- run: run b4-slow.lua -q
-- exit: 7
return fetch "series" { b4 = "20240101120000.1-1-ann@example.org" }
