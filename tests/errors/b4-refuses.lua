-- run: run b4-refuses.lua -q
-- exit: 1
return fetch "series" { b4 = "20240101120000.1-1-ann@example.org" }
