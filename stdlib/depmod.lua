-- depmod: all modules of a kernel in one place, with the indexes that modprobe reads.

define "depmod" {
  doc = "lib/modules/RELEASE of a target: the kernel's modules and those built outside, one over the other, with depmod's indexes, the "
    .. "link `build` to the headers on the target, and boot/System.map-RELEASE. An index of a kmod that is newer than the target's "
    .. "cannot be read there, so a newer one is a failure; so is a module that is there twice under one name in one folder.",
  params = {
    sources = { "source", operand = true, list = true, required = true, doc = "Results with lib/modules/RELEASE in them; later ones win." },
    kernel = { "step", required = true, doc = "The kernel that loads them." },
    newest_kmod = { "int", default = 30, doc = "The newest kmod whose indexes the target reads: 31 and later write what 29 and 30 cannot." },
    beside = { "source", list = true, doc = "What brings a kernel of its own, such as the root file system: it may have no modules of "
      .. "this release, or two kernels would share lib/modules/RELEASE. Left out where this kernel is to take its place." },
    replaces = { "string", list = true, doc = "Modules of the kernel that one built outside replaces: they may be there twice." },
  },
  outputs = {},
  example = [[
local installed = depmod "installed" { linux.modules, oot, hello, kernel = linux }]],
  build = function(p)
    for i, root in ipairs(p.beside or {}) do
      module_check("own-folder" .. (i > 1 and "-" .. i or "")) { root, unused = p.kernel.release }
    end
    return { run_in_container "" {
      toolchain = p.kernel.toolchain, script = "l4t/depmod.sh", argv = { tostring(p.newest_kmod), p.replaces or {} },
      mounts = { ["/jkr/modules"] = copy "modules" { p.sources }, ["/jkr/headers"] = p.kernel.devel },
    } }
  end,
}
