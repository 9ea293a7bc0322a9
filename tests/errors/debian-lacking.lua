-- run: run debian-lacking.lua -q
-- exit: 1
local staged = fetch "staged" { folder = "pkg" }
return debian_source "greeting" { staged }
