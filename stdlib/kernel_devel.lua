-- kernel_devel: what external modules are built against, away from jkr.

define "kernel_devel" {
  doc = "What modules of a kernel are built against on another machine, with the same compilers and no jkr: headers, scripts with their programs, "
    .. "Module.symvers and .config in usr/src/linux-headers-RELEASE, and the links lib/modules/RELEASE/build and source that lead there. "
    .. "`make -C …/lib/modules/RELEASE/build ARCH=… CROSS_COMPILE=… M=$PWD modules` does the rest. The programs are those of the machine "
    .. "that built the kernel; `kernel_headers` makes the same for the machine that runs it.",
  params = {
    kernel = { "step", operand = true, required = true, doc = "The kernel, from `kernel`; its targets must name modules." },
  },
  example = [[
local devel = kernel_devel "devel" { linux }]],
  build = function(p)
    local k = p.kernel
    local built = run_in_container "" {
      toolchain = k.toolchain, script = "devel/tree.sh", argv = { k.variables.ARCH },
      mounts = { ["/jkr/kernel"] = k.source, ["/jkr/devel"] = k.devel },
      outputs = { tree = "tree" },
    }
    return { built / "tree" }
  end,
}
