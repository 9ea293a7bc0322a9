-- run: plan fetch-deb-unknown.lua
-- exit: 6
return fetch "linux-deb" { deb = "linux-sauce-6.12" }
