-- run: run fetch-folder.lua -q
-- exit: 6
return fetch "driver" { folder = "downloads/vendor-driver", get = "unpack the vendor's drop" }
