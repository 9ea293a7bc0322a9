recipe "root" { version = "1", license = "MIT", summary = "a root file system with a kernel of its own" }
-- luacheck: read globals packaged

define "packaged" {
  doc = "A kernel that was built elsewhere.",
  outputs = { devel = "what its build left", release = "as uname -r says it", toolchain = "the image with depmod" },
  build = function()
    local devel = copy "devel" { "kernel" }
    return { devel, devel = devel, release = text(devel / "include/config/kernel.release"), toolchain = toolchain "host" }
  end,
}

local stock = copy "stock" { "stock" }
local linux = packaged "linux" { }

local modules = depmod "modules" {
  copy "ours" { "ours" }, kernel = linux,
  beside = stock,
}

return tree "root" { stock, copy { modules } }
