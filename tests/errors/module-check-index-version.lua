-- run: run module-check-index-version.lua -q
-- exit: 3
local root = copy "root" { "root" }
module_check "installed" { root, indexed = true }
return root
