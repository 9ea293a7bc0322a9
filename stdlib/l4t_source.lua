-- l4t_source: the sources of NVIDIA's Linux for Tegra, out of the archives in the archive.

define "l4t_source" {
  doc = "The source/ folder of Linux for Tegra: kernel, out-of-tree modules and display driver, unpacked from the archives that lie in "
    .. "public_sources.tbz2. They are read as they come, without temporary files.",
  params = {
    public = { "source", operand = true, required = true, doc = "public_sources.tbz2, as it was fetched." },
    archives = { "string", list = true,
      default = { "kernel_src", "kernel_oot_modules_src", "nvidia_kernel_display_driver_source" },
      doc = "The archives in it that are unpacked, without their ending." },
    folder = { "path", default = "Linux_for_Tegra/source", doc = "Where they lie in it." },
  },
  outputs = {},
  example = [[
local src = tree "source" { l4t_source { public }, patch { "board/*.patch" } }]],
  build = function(p)
    local steps = {}
    for i, name in ipairs(p.archives) do
      steps[i] = untar { p.public, inner = p.folder .. "/" .. name .. ".tbz2" }
    end
    return { tree "" { steps } }
  end,
}
