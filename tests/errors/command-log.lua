-- run: log command-log.lua linux
-- exit: 1
return write "linux" { path = "a", text = "b" }
