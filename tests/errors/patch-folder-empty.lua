-- run: run patch-folder-empty.lua -q
-- exit: 2
local vendor = copy "vendor" { "vendor" }
return tree "src" { copy { "src" }, patch { vendor / "patches" } }
