-- metis.lua: the driver of Axelera's Metis accelerator, as a module for a kernel: alone for NVIDIA's, or for a board's
--   jkr run metis.lua                             local metis = use "metis.lua" { kernel = linux }
recipe "metis" { version = "1", license = "GPL-2.0-only", summary = "Axelera Metis PCIe driver" }

local pin   = pins "metis/pins.yaml"
local linux = option.step { "kernel", function() return use("l4t.lua") {}.linux end, "The kernel that loads it" }

local driver = fetch "driver" { folder = pin.metis.folder, holds = pin.metis.holds, get = pin.metis.get }
local module = modules "module" { driver, kernel = linux }

vermagic_check "loadable" { module, kernel = linux, symbols = true }

return { modules = module, rules = driver / pin.metis.rules }
