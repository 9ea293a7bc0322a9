-- run: run module-check-unused.lua -q
-- exit: 3
local root = write "root" { path = "lib/modules/5.15.148-tegra/kernel/a.ko", text = "x" }
module_check "own-folder" { root, unused = "5.15.148-tegra" }
return root
