-- zedx.lua: the ZED X cameras' drivers, overlay and ISP files, for a kernel with NVIDIA's modules: alone for NVIDIA's, or for a board's
--   jkr run zedx.lua -D camera=duo       local zedx = use "zedx.lua" { kernel = linux, oot = oot, dt = dt, camera = camera }
recipe "zedx" { version = "1", license = "GPL-2.0-only", summary = "Stereolabs ZED X: modules, overlay, ISP files" }

local stock
local function l4t(part) stock = stock or use "l4t.lua" {} return stock[part] end

local pin    = pins "zedx/pins.yaml"
local camera = option.choice { "camera", { "mono", "duo" }, "The ZED Link capture card: it decides overlay and deserializer" }
local route  = option.choice { "route", { "direct", "registered" }, "The overlay compiled by itself, or by NVIDIA's makefile" }
local base   = option.string { "base", "tegra234-p3768-0000+p3767-0000-nv", "The board's device tree, that the overlay must apply to" }
local linux  = option.step { "kernel", function() return l4t "linux" end, "The kernel that loads the modules" }
local oot    = option.step { "oot", function() return l4t "oot" end, "NVIDIA's modules, whose symbols these use" }
local dt     = option.step { "dt", function() return l4t "dt" end, "The board's device trees and their sources" }

local driver = fetch "driver" { folder = pin.zedx.folder, holds = pin.zedx.holds, get = pin.zedx.get }

local chip = pin.deserializers[camera]
local source = tree "source" {
  copy { driver / "src/kernel/stereolabs" },
  -- makes Makefile, which make starts at, and Makefile-dkms; both are in no tree of the vendor's
  patch { driver / pin.zedx.patches, only = pin.zedx.makefile, strip = 3 },
  edit { "drivers/Makefile", find = "-DCONFIG_SL_DESER_MAX(9296|96712)", regex = true, replace = "-DCONFIG_SL_DESER_" .. chip,
         times = 0, already = true },
  -- with the other chip's define, depth is corrupted and nothing says so
  file_check "deserializer" { present = "drivers/Makefile", find = "-DCONFIG_SL_DESER_([A-Z0-9]+)", is = chip },
}
local variables = { ["srctree.sl_drivers"] = "/jkr/ext/" }
for k, v in pairs(oot.variables) do variables[k] = v end
-- its loader reads only kernel/drivers/stereolabs, so they go there and nowhere else
local module = modules "modules" {
  source, kernel = linux, symvers = oot.symvers, mounts = oot.mounts, install = "kernel", variables = variables,
}

local name = pin.overlays[camera]
local public = "hardware/nvidia/t23x/nv-public"
local function compiled()
  local tegra = tree "overlay-source" {
    copy { dt.source / "hardware", into = "hardware" },
    copy { driver / "src/hardware/stereolabs/overlay", into = public },
    copy { driver / "src/hardware/stereolabs/Utils", into = public .. "/Utils" },
  }
  return dtbo_compile "overlay" {
    tegra / (public .. "/" .. name .. ".dts"), toolchain = linux.toolchain, apply_to = dt.dtbs / (base .. ".dtb"),
    include = { tegra / public, tegra / (public .. "/include/kernel"), tegra / (public .. "/include/nvidia-oot"),
                tegra / (public .. "/include/platforms"), tegra / "hardware/nvidia/tegra/nv-public", linux.source / "include" },
    defines = { BUILDOVERLAY = "", LINUX_VERSION = 600, TEGRA_HOST1X_DT_VERSION = 2, OS_LINUX = "" }, name = name .. ".dtbo",
    symbols = true, -- as NVIDIA's makefile has it: its labels are there for overlays after it
  }
end
local overlay
if route == "direct" then overlay = compiled() / (name .. ".dtbo") else overlay = dt.dtbs / (name .. ".dtbo") end

vermagic_check "loadable" { module, kernel = linux, symbols = true, symvers = { linux.devel / "Module.symvers", oot.symvers } }

return { modules = module, overlay = overlay, dtbo = name .. ".dtbo", isp = driver / "ISP" }
