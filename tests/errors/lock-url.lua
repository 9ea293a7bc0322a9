-- run: plan lock-url.lua --locked
-- exit: 5
return fetch "f" { "https://host/a.tar", sha256 = "0123456789012345678901234567890123456789012345678901234567890123" }
