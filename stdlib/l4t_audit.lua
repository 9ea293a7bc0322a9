-- l4t_audit: whether a Linux_for_Tegra that a recipe made is what it was asked to be, before anybody flashes it.

-- Each check by its name, as a row of `jkr audit`; one that returns nothing does not concern this board.
local checks = {
  { "image", function(p) -- the kernel that is flashed, and the one that extlinux boots
    return file_check "image" { p.image, present = { "kernel/Image", "rootfs/boot/Image" },
                                find = "Linux version ([0-9][^ ]*) ", is = p.kernel.release }
  end },
  { "rt", function(p)
    if not p.rt then return end
    return file_check "rt" { p.image, present = { "kernel/Image", "rootfs/boot/Image" },
                             find = "Linux version [0-9].* SMP ([A-Z_]+) ", is = "PREEMPT_RT" }
  end },
  { "modules", function(p)
    return module_check "modules" { p.image / "rootfs", release = p.kernel.release, once = true, indexed = true,
                                    present = p.needs, loadable = p.loadable, replaces = p.replaces }
  end },
  { "menu", function(p)
    return extlinux_check "menu" { p.image / "rootfs", fdt = p.fdt, overlays = p.overlays, no_overlays = #(p.overlays or {}) == 0,
                                   args = p.args, without = p.without, later = p.later,
                                   same = { "isolcpus", "nohz_full", "rcu_nocbs" } }
  end },
  { "root", function(p) -- the flash tool's own command line: the kernel takes the last root=, so each of them must be right;
                        -- a line that assigns without what was there before must name it again
    if not p.storage then return end
    local adds = "^[[:space:]]*(export[[:space:]]+)?CMDLINE_ADD"
    return file_check "root" { p.image, present = "p3767.conf.common", lines = adds .. "\\+?=",
                               anew = adds .. "=([^$]|\\$[^{C]|\\$\\{[^C])*$",
                               find = "\\<root=([^ \"']*)", is = "/dev/" .. p.storage }
  end },
  { "trees", function(p)
    return file_check "trees" { p.image, present = { "kernel/dtb/*.dtb", "rootfs" .. p.fdt } }
  end },
  { "overlays", function(p)
    local files = {}
    for i, path in ipairs(p.overlays or {}) do files[i] = p.image / ("rootfs" .. path) end
    if #files == 0 then return end
    return overlay_check "overlays" { files, base = p.image / ("rootfs" .. p.fdt) }
  end },
  { "headers", function(p)
    return file_check "headers" { p.image, present = "staging/kernel-headers/linux-headers-*.deb", contains = "debian-binary" }
  end },
  { "host-keys", function(p) -- equal on every machine that is flashed from this
    return file_check "host-keys" { p.image, absent = "rootfs/etc/ssh/ssh_host_*" }
  end },
  { "initrd", function(p)
    if not p.initrd then return end
    return file_check "initrd" { p.initrd, lacks = "neither" }
  end },
  { "manifest", function(p)
    if not p.manifest then return end
    return manifest_check "manifest" { p.image, path = p.manifest }
  end },
}

-- What plugins add looks at the tree that it stands on. Lists nest.
local function place(image, list)
  for _, item in ipairs(list) do
    if type(item) == "table" then place(image, item) else tree { image, item } end
  end
end

define "l4t_audit" {
  doc = "Checks a Linux_for_Tegra before it is flashed: the kernel image and its release, PREEMPT_RT, the modules, the boot menu with its device "
    .. "tree and overlays, headers, host keys, manifest. Each is a step of its own, and a row of `jkr audit`; a run delivers nothing "
    .. "while one fails. Its result is the tree that was given.",
  params = {
    image = { "step", operand = true, required = true, doc = "Linux_for_Tegra as it is delivered." },
    kernel = { "step", required = true, doc = "The kernel, from `kernel`." },
    rt = { "bool", default = false, doc = "Whether it is PREEMPT_RT." },
    fdt = { "string", required = true, doc = "The device tree as extlinux.conf names it." },
    overlays = { "string", list = true, doc = "The overlays that extlinux.conf names, in this order; none unless told." },
    args = { "string", list = true, doc = "Arguments of the kernel in extlinux.conf." },
    without = { "string", list = true, default = { "cma" }, doc = "Names of arguments that must not be there: with cma= the GPU gets no memory." },
    later = { "string", list = true, default = { "/boot/initrd" }, doc = "Files in extlinux.conf that NVIDIA's flash tools bring." },
    needs = { "string", list = true, default = { "nvme" }, doc = "Modules without which it does not boot: as files or built in." },
    loadable = { "string", list = true, doc = "Modules that must be there as files." },
    replaces = { "string", list = true, doc = "Modules of the kernel that one built outside replaces, as for `depmod`." },
    storage = { "string", doc = "The device that the flash tool's command line names as root." },
    initrd = { "source", doc = "`list` of `l4t_initrd`, where an initrd is made." },
    manifest = { "string", doc = "The manifest in the tree, such as BUILD_MANIFEST.json: every file it lists must be there." },
    more = { "any", doc = "Checks without something to look at, such as `audit` of plugins: they look at the tree." },
  },
  outputs = {},
  example = [[
l4t_audit "audit" { image, kernel = linux, rt = true, fdt = "/boot/dtb/board.dtb", storage = "nvme0n1p1", more = drivers.audit }]],
  build = function(p)
    for _, c in ipairs(checks) do c[2](p) end
    place(p.image, p.more or {})
    return { p.image }
  end,
}
