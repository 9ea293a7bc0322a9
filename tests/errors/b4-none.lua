-- run: plan b4-none.lua
-- exit: 6
return fetch "series" { b4 = "20240101120000.1-1-ann@example.org" }
