-- run: run debian-none.lua -q
-- exit: 1
return debian_source "greeting" { copy "c" { "greeting_1.0.orig.tar.xz", into = "x" } }
