recipe "root" { version = "1", license = "MIT", summary = "a root file system with a kernel of its own" }

local release = "6.12.5-board"
local stock = copy "stock" { "stock" }

-- `depmod { …, beside = stock }` has this check in it
module_check "own-folder" { stock, unused = release }

return tree "root" { stock, copy { "ours" } }
