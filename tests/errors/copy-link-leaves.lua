-- run: run copy-link-leaves.lua -q
-- exit: 1
local root = copy "root" { "root" }
return copy { "copy-link-leaves.lua", on = root, into = "lib/modules" }
