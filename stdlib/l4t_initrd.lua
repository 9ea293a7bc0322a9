-- l4t_initrd: an initrd whose modules are those of the kernel that boots with it.

define "l4t_initrd" {
  doc = "An initrd, a compressed cpio archive, in which every kernel module is replaced by that of this kernel. One that this kernel has "
    .. "built in is taken out; one that it has neither as a module nor built in is a failure. The step's log lists what became of "
    .. "each, and the result `initrd.txt` does.",
  params = {
    initrd = { "source", operand = true, required = true, doc = "The initrd, such as bootloader/l4t_initrd.img of the BSP." },
    kernel = { "step", required = true, doc = "The kernel, from `kernel`." },
    modules = { "source", required = true, doc = "lib/modules/RELEASE, from `depmod`." },
    name = { "string", default = "l4t_initrd.img", doc = "The name of the result's file." },
  },
  outputs = {
    image = "the initrd",
    list = "what became of each module",
  },
  example = [[
local initrd = l4t_initrd "initrd" { bsp / "bootloader/l4t_initrd.img", kernel = linux, modules = installed }]],
  build = function(p)
    local built = run_in_container "" {
      toolchain = p.kernel.toolchain, script = "l4t/initrd.sh", argv = { p.name },
      mounts = { ["/jkr/initrd"] = p.initrd, ["/jkr/modules"] = p.modules, ["/jkr/headers"] = p.kernel.devel,
                 ["/jkr/kernel-modules"] = p.kernel.modules },
      outputs = { p.name, "initrd.txt" },
    }
    return { built, image = built / p.name, list = built / "initrd.txt" }
  end,
}
