-- run: run module-check-release.lua -q
-- exit: 3
local root = write "root" { path = "lib/modules/5.15.148-rt-tegra/kernel/a.ko", text = "x" }
module_check "installed" { root, loadable = "a", release = "5.15.148-tegra" }
return root
