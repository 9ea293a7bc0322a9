-- run: run b4-down.lua -q
-- exit: 7
return fetch "series" { b4 = "20240101120000.1-1-ann@example.org" }
