-- l4t_modules: NVIDIA's modules for Tegra, built outside the kernel, one after the other.

define "l4t_modules" {
  doc = "NVIDIA's out-of-tree modules: hwpm, nvidia-oot, nvgpu and nvdisplay, each a step of its own that gets the Module.symvers of those "
    .. "it uses. conftest asks the kernel's headers first what they offer. The result is lib/modules/RELEASE/updates.",
  params = {
    source = { "source", operand = true, required = true, doc = "The source/ folder of Linux for Tegra." },
    kernel = { "step", required = true, doc = "The kernel, from `kernel`." },
    rt = { "bool", default = false, doc = "Whether the kernel is PREEMPT_RT: nvdisplay refuses one that nobody vouches for." },
  },
  outputs = {
    oot = "the modules of nvidia-oot, and what others need of them",
    symvers = "Module.symvers of hwpm and of nvidia-oot, a list for `modules`",
    mounts = "what modules that use them find beside their own source: /jkr/l4t/nvidia-oot, hwpm, conftest, nvethernetrm",
    variables = "the variables that their makefiles read",
  },
  example = [[
local oot = l4t_modules "oot" { src, kernel = linux, rt = rt }]],
  build = function(p)
    local src, kernel = p.source, p.kernel
    local conftest = run_in_container "conftest" {
      toolchain = kernel.toolchain, script = "l4t/conftest.sh", argv = { kernel.toolchain.prefix }, jobs = true,
      mounts = { ["/jkr/kernel"] = kernel.source, ["/jkr/headers"] = kernel.devel,
                 ["/jkr/conftest"] = src / "nvidia-oot/scripts/conftest" },
      outputs = { ["nvidia"] = "nvidia" }, exclude = { "*.o", "*.log" },
    }
    local vars = {
      CONFIG_TEGRA_OOT_MODULE = "m", CONFIG_TEGRA_HWPM = "m", ["srctree.nvconftest"] = "/jkr/l4t/conftest",
      ["srctree.nvidia-oot"] = "/jkr/l4t/nvidia-oot", ["srctree.nvidia"] = "/jkr/l4t/nvidia-oot", ["srctree.hwpm"] = "/jkr/l4t/hwpm",
    }
    if p.rt then vars.IGNORE_PREEMPT_RT_PRESENCE = "1" end
    local function at_home(folder) -- the variables where `folder` is the one that is built, at /jkr/ext
      local own = {}
      for k, v in pairs(vars) do own[k] = v == folder and "/jkr/ext" or v end
      return own
    end
    local trees = { ["/jkr/l4t/conftest"] = conftest }

    local hwpm = modules "hwpm" {
      src / "hwpm", kernel = kernel, dir = "drivers/tegra/hwpm", exports = true, mounts = trees, variables = at_home("/jkr/l4t/hwpm"),
    }
    -- a link deep in nvidia-oot leads to nvethernetrm beside it; nvidia-oot is at /jkr/ext where it is built, later at /jkr/l4t
    local oot = modules "nvidia-oot" {
      src / "nvidia-oot", kernel = kernel, exports = true, symvers = { hwpm.symvers }, variables = at_home("/jkr/l4t/nvidia-oot"),
      mounts = { ["/jkr/l4t/conftest"] = conftest, ["/jkr/l4t/hwpm"] = src / "hwpm", ["/jkr/nvethernetrm"] = src / "nvethernetrm" },
    }
    local beside = {
      ["/jkr/l4t/conftest"] = conftest, ["/jkr/l4t/hwpm"] = src / "hwpm", ["/jkr/l4t/nvidia-oot"] = src / "nvidia-oot",
      ["/jkr/l4t/nvethernetrm"] = src / "nvethernetrm",
    }
    local symvers = { hwpm.symvers, oot.symvers }
    local nvgpu = modules "nvgpu" {
      src / "nvgpu", kernel = kernel, dir = "drivers/gpu/nvgpu", symvers = symvers, variables = vars, mounts = beside,
    }
    -- it takes the kernel as one folder of headers, as NVIDIA's own makefile lays it out
    local nvdisplay = run_in_container "nvdisplay" {
      toolchain = kernel.toolchain, script = "l4t/nvdisplay.sh", jobs = true, exclude = { "*.o", "*.cmd" },
      argv = { kernel.toolchain.prefix, p.rt and "rt" or "no-rt" },
      mounts = { ["/jkr/kernel"] = kernel.source, ["/jkr/headers"] = kernel.devel, ["/jkr/nvdisplay"] = src / "nvdisplay",
                 ["/jkr/nvidia-oot"] = src / "nvidia-oot", ["/jkr/symvers"] = oot.symvers },
      outputs = { lib = "lib" },
    }
    return {
      copy "" { hwpm, oot, nvgpu, nvdisplay, exclude = { "Module.symvers" } },
      oot = oot, symvers = symvers, mounts = beside, variables = vars,
    }
  end,
}
