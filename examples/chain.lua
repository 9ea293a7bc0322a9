-- chain.lua: two modules outside the kernel's tree, of which one calls the other; installed with depmod, loaded in QEMU
--   jkr run examples/chain.lua -o out
--   jkr run examples/chain.lua -D known=false       what happens when camera is not told where lens_focus is
recipe "chain" { version = "1", license = "GPL-2.0-only", summary = "modules that use each other's symbols" }

local known = option.bool { "known", true, "Whether camera is built with the symbols of lens" }

local linux  = use "//recipes/qemu-arm64/linux.lua" {}
local lens   = modules "lens" { "chain/lens", kernel = linux, exports = true, names = { "lens" } }
local camera = modules "camera" { "chain/camera", kernel = linux, symvers = { when(known, lens.symvers) }, names = { "camera" } }

-- camera stands first: it is loaded when what it needs is there
boot "virt" { kernel = linux, modules = { camera, lens }, expect = { "camera: the lens is at 42", "init: camera.ko was accepted" } }

return bundle "chain" { depmod "installed" { linux.modules, lens, camera, kernel = linux } }
