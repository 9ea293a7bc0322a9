-- run: run maildir-no.lua -q
local src = write { path = "a.c", text = "one\ntwo\nthree\n" }
return patch "fix" { on = src, "v2" }
