-- run: run fetch-deb-gone.lua -q
-- exit: 1
return fetch "linux-deb" { deb = "linux-source-6.12", version = "6.12.5-1" }
