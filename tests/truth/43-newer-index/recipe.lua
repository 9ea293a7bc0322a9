recipe "root" { version = "1", license = "MIT", summary = "a root file system" }

local root = copy "root" { "root" }

module_check "installed" { root, indexed = true }

return root
