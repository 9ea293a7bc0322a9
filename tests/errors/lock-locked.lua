-- run: plan lock-locked.lua --locked
-- exit: 5
return fetch "greeter" { deb = "hello" }
