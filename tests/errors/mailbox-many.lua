-- run: run mailbox-many.lua -q
-- exit: 1
local src = write { path = "a.c", text = "one\ntwo\nthree\n" }
return patch "fix" { on = src, "list.mbox" }
