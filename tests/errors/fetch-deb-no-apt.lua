-- run: plan fetch-deb-no-apt.lua
-- exit: 6
return fetch "linux-deb" { deb = "linux-source-6.12" }
