-- run: run debian-beside.lua -q
-- exit: 2
return debian_source "greeting" { "greeting_1.0-1.dsc" }
