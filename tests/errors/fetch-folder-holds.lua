-- run: run fetch-folder-holds.lua -q
-- exit: 6
return fetch "driver" { folder = "vendor-driver", holds = { "Makefile", "src/chip" }, get = "unpack the vendor's drop" }
