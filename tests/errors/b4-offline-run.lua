-- run: run b4-offline-run.lua -q --offline
-- exit: 5
return fetch "series" { b4 = "20240101120000.1-1-ann@example.org", sha256 = "0000000000000000000000000000000000000000000000000000000000000000" }
