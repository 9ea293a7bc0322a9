-- run: plan b4-offline.lua --offline
-- exit: 5
return fetch "series" { b4 = "20240101120000.1-1-ann@example.org" }
