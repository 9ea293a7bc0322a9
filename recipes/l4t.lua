-- l4t.lua: Linux for Tegra R36.4.3 as NVIDIA configures it: kernel, out-of-tree modules, device trees. Driver recipes that run alone
-- are built against it; a board such as orin-nx-rt.lua has a kernel of its own.
recipe "l4t" { version = "1", license = "GPL-2.0-only", summary = "L4T R36.4.3: kernel, NVIDIA's modules, device trees" }

local pin          = pins "orin-nx-rt/pins.yaml"
local name         = option.string { "toolchain", "bootlin-aarch64-2022.08", "The compilers: a file of toolchains/" }
local localversion = option.string { "localversion", "-jkr-tegra", "What follows the kernel's version; -tegra is NVIDIA's own" }

local gcc     = toolchain(name)
local sources = fetch "public-sources" { file = pin.sources.file, sha256 = pin.sources.sha256, get = "download it from " .. pin.l4t.page }
local src     = l4t_source "source" { sources }

local linux = kernel "linux" { src / pin.l4t.kernel, toolchain = gcc, localversion = localversion, config = { MODULE_SIG_ALL = n, MODULE_SIG_KEY = "" } }
local oot   = l4t_modules "oot" { src, kernel = linux }
local dt    = l4t_dtbs "dt" { src, kernel = linux }

vermagic_check "loadable" { linux.modules, oot, kernel = linux, symbols = true }

return { linux = linux, oot = oot, dt = dt }
