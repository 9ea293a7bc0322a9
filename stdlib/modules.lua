-- modules: kernel modules built outside the kernel's tree.

define "modules" {
  doc = "Kernel modules built outside the kernel's tree, against what a kernel says it was built with: its headers, its "
    .. "configuration, its Module.symvers. A module that uses a symbol that nobody exports is a failure. The result is "
    .. "lib/modules/RELEASE/updates, as `make modules_install` lays it out; depmod is left to whoever makes the root file system.",
  params = {
    source = { "source", operand = true, required = true, doc = "The folder with the modules' Makefile (obj-m …)." },
    kernel = { "step", required = true, doc = "The kernel, from `kernel`; its targets must name modules." },
    symvers = { "source", list = true, doc = "Module.symvers files of other modules whose symbols these use." },
    exports = { "bool", default = false, doc = "Whether these modules export symbols; then the output `symvers` lists them." },
    variables = { "map", doc = "More variables on make's command line." },
  },
  outputs = {
    symvers = "Module.symvers of these modules, for others that use their symbols",
  },
  example = [[local hello = modules "hello" { "//examples/hello-module", kernel = linux }]],
  build = function(p)
    local vars = {}
    for k, v in pairs(p.kernel.variables) do vars[k] = v end
    for k, v in pairs(p.variables or {}) do vars[k] = v end
    local mounts = { ["/jkr/ext"] = p.source }
    local extra = {}
    for i, file in ipairs(p.symvers or {}) do
      local at = "/jkr/symvers/" .. i
      mounts[at] = file
      extra[i] = at
    end
    if #extra > 0 then vars.KBUILD_EXTRA_SYMBOLS = table.concat(extra, " ") end

    local outputs = { lib = "out:lib" }
    if p.exports then outputs["Module.symvers"] = "/jkr/ext/Module.symvers" end

    local built = make_in_container "build" {
      p.kernel.source, toolchain = p.kernel.toolchain, variables = vars, objects = p.kernel.devel, mounts = mounts,
      build = "fresh",
      goals = { "M=/jkr/ext modules", "M=/jkr/ext modules_install INSTALL_MOD_PATH=/jkr/out DEPMOD=true" },
      outputs = outputs,
    }
    return { built, symvers = p.exports and built / "Module.symvers" or nil }
  end,
}
