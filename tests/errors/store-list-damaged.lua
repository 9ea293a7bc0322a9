-- run: run store-list-damaged.lua -q
-- exit: 1
return write "src" { path = "a", text = "b" }
