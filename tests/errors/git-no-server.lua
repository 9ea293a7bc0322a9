-- run: plan git-no-server.lua
-- exit: 7
return git_checkout "driver" { "git://127.0.0.1:1/driver", ref = "main" }
