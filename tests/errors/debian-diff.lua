-- run: run debian-diff.lua -q
-- exit: 1
return debian_source "greeting" { "greeting_1.0-1.dsc" }
