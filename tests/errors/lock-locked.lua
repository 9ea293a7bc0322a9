-- run: plan lock-locked.lua --locked
-- exit: 5
return fetch "linux-deb" { deb = "linux-source-6.12" }
