-- run: run b4-pin.lua -q
-- exit: 2
return fetch "series" { b4 = "20240101120000.1-1-ann@example.org" }
