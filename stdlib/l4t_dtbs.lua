-- l4t_dtbs: the device trees and overlays of Linux for Tegra, by NVIDIA's own makefile.

define "l4t_dtbs" {
  doc = "The device trees and overlays that the makefiles under hardware/ register, compiled by `make dtbs` of source/. Only device trees, "
    .. "the kernel's headers for them and its dtc go in, so a changed driver compiles no device tree.",
  params = {
    source = { "source", operand = true, required = true, doc = "The source/ folder of Linux for Tegra." },
    kernel = { "step", required = true, doc = "The kernel, from `kernel`, whose dtc compiles them." },
    defines = { "map", doc = "More macros of the preprocessor. What vendors put behind BUILDOVERLAY is not there without it: NVIDIA's "
      .. "makefile does not define it." },
  },
  outputs = {
    dtbs = "the .dtb and .dtbo files, side by side",
    source = "the sources that they were compiled from",
  },
  example = [[
local dt = l4t_dtbs "dt" { src, kernel = linux, defines = { BUILDOVERLAY = "" } }]],
  build = function(p)
    local src, kernel = p.source, p.kernel
    local variables = { KERNEL_HEADERS = "/jkr/kernel", KERNEL_OUTPUT = "/jkr/headers", CROSS_COMPILE = kernel.toolchain.prefix }
    local macros = {}
    for name, value in pairs(p.defines or {}) do macros[#macros + 1] = "-D" .. name .. "=" .. value end
    table.sort(macros)
    -- its rule preprocesses with HOSTCC, and takes no more flags for that
    if #macros > 0 then variables.HOSTCC = "gcc " .. table.concat(macros, " ") end
    local own = tree "source" {
      copy { src / "kernel-devicetree", into = "kernel-devicetree" },
      copy { src / "hardware", into = "hardware" },
      copy { src / "Makefile" },
    }
    local built = make_in_container "" {
      own, toolchain = kernel.toolchain, objdir = false,
      mounts = { ["/jkr/kernel/include"] = kernel.source / "include", ["/jkr/kernel/scripts"] = kernel.source / "scripts",
                 ["/jkr/headers/scripts"] = kernel.devel / "scripts" },
      variables = variables,
      targets = { "dtbs" }, outputs = { dtbs = "kernel-devicetree/generic-dts/dtbs/*.dtb*" },
    }
    return { built, dtbs = built / "dtbs", source = own }
  end,
}
