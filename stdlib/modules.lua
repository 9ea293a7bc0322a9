-- modules: kernel modules built outside the kernel's tree.

define "modules" {
  doc = "Kernel modules built outside the kernel's tree, against what a kernel says it was built with: its headers, its "
    .. "configuration, its Module.symvers. A module that uses a symbol that nobody exports is a failure. The result is "
    .. "lib/modules/RELEASE/updates, as `make modules_install` lays it out; depmod is left to whoever makes the root file system.",
  params = {
    source = { "source", operand = true, required = true, doc = "The folder with the modules' Makefile (obj-m …)." },
    kernel = { "step", required = true, doc = "The kernel, from `kernel`; its targets must name modules." },
    dir = { "path", default = "", doc = "The folder in the source that holds the makefile, where that includes what lies beside it." },
    mounts = { "mounts", doc = "More trees that the makefile reads, by the place below /jkr where they stand; the source is at /jkr/ext." },
    symvers = { "source", list = true, doc = "Module.symvers files of other modules whose symbols these use." },
    names = { "string", list = true, doc = "The modules that must come of it. A makefile may leave one out, or go on after a failure, and make "
      .. "says nothing: then what is missing is named." },
    exports = { "bool", default = false, doc = "Whether these modules export symbols; then the output `symvers` lists them." },
    install = { "path", default = "updates", doc = "Where they go below lib/modules/RELEASE (INSTALL_MOD_DIR)." },
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
    vars.INSTALL_MOD_DIR = p.install
    local ext = p.dir == "" and "/jkr/ext" or "/jkr/ext/" .. p.dir
    local mounts = { ["/jkr/ext"] = p.source }
    for at, tree in pairs(p.mounts or {}) do mounts[at] = tree end
    local extra = {}
    for i, file in ipairs(p.symvers or {}) do
      local at = "/jkr/symvers/" .. i
      mounts[at] = file
      extra[i] = at
    end
    if #extra > 0 then vars.KBUILD_EXTRA_SYMBOLS = table.concat(extra, " ") end

    local outputs = { lib = "out:lib" }
    if p.exports then outputs["Module.symvers"] = ext .. "/Module.symvers" end

    local built = make_in_container "build" {
      p.kernel.source, toolchain = p.kernel.toolchain, variables = vars, objects = p.kernel.devel, mounts = mounts,
      build = "fresh",
      goals = { "M=" .. ext .. " modules", "M=" .. ext .. " modules_install INSTALL_MOD_PATH=/jkr/out DEPMOD=true" },
      outputs = outputs,
    }
    if #(p.names or {}) > 0 then module_check "came" { built, loadable = p.names } end
    return { built, symvers = p.exports and built / "Module.symvers" or nil }
  end,
}
