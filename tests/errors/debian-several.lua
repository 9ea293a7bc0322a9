-- run: run debian-several.lua -q
-- exit: 1
return debian_source "greeting" { copy "c" { "*.dsc" } }
