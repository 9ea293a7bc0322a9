-- @NAME@.lua: a driver as a module: alone, or for the kernel of a board
--   jkr run @NAME@.lua -o out                local @IDENT@ = use "@NAME@.lua" { kernel = linux }
recipe "@NAME@" { version = "1", license = "GPL-2.0-only", summary = "the driver @NAME@" }

local linux = option.step { "kernel", function() return use "qemu-arm64/linux.lua" {} end, "The kernel that loads it" }

local driver = modules "module" { "@NAME@", kernel = linux }

-- The recipe's own tests: the module fits the kernel, and loads in it.
vermagic_check "loadable" { driver, kernel = linux, symbols = true }
boot "loads" { kernel = linux, modules = { driver }, expect = { "@IDENT@: loaded", "init: done" } }

return bundle "@NAME@" { driver }
