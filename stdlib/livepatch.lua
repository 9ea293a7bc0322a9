-- livepatch: patches of the kernel's source, as a module that puts them into the kernel that runs.

define "livepatch" {
  doc = "A live patch for x86-64: a module that, when it is loaded, leads calls of the functions that patches change to the new ones. The kernel "
    .. "is compiled once more with a section for each function, in a warm directory of its own, then the patched source over it; "
    .. "of each object that differs the functions are compared by what they do, and those that differ come into the module, with what is new "
    .. "beside them. All else they use is the running kernel's, static variables too. Data that change, code that runs once at "
    .. "boot, assembler, modules, new files and names that the kernel has twice are refused by name. The kernel needs LIVEPATCH and KALLSYMS_ALL.",
  params = {
    patches = { "source", operand = true, list = true, glob = true, required = true, doc = "The patches, with one folder before each name (-p1)." },
    kernel = { "step", required = true, doc = "The kernel that runs, from `kernel`; its targets must name modules." },
  },
  outputs = {
    functions = "the functions, a line each: `=` takes the place of one, `+` is new; the object it is in",
  },
  example = [[
local fix = livepatch "fix" { "fixes/0001-proc-say-less.patch", kernel = linux }]],
  build = function(p)
    local k = p.kernel
    if k.variables.ARCH ~= "x86" then error("livepatch knows x86 only, and this kernel is for " .. k.variables.ARCH, 0) end
    local name = ((p.name or "livepatch"):match("[^/]*$"):gsub("[^%w]", "_"))
    local sections, plain = {}, { KBUILD_MODPOST_WARN = "1" }
    for key, value in pairs(k.variables) do sections[key], plain[key] = value, value end
    sections.KCFLAGS = (k.variables.KCFLAGS and k.variables.KCFLAGS .. " " or "") .. "-ffunction-sections -fdata-sections"

    local beside = { ["/jkr/klp"] = "livepatch", ["/jkr/devel"] = k.devel,
                     ["/jkr/patched"] = patch "patched" { p.patches, on = k.source, strip = 1 } }
    for i, file in ipairs(p.patches) do beside["/jkr/patches/" .. i] = file end
    local differ = make_in_container "differ" {
      k.source, toolchain = k.toolchain, variables = sections, config = k.config, targets = { "prepare" },
      after = "livepatch/compare.sh", after_mounts = beside,
      outputs = { klp = "out:klp", functions = "out:functions" },
    }
    -- what only the running kernel can resolve modpost calls undefined; mark.sh looks whether it is no more than that
    local module = make_in_container "module" {
      k.source, toolchain = k.toolchain, variables = plain, objects = k.devel, build = "fresh", allow_warnings = true,
      mounts = { ["/jkr/ext"] = tree "source" {
        copy { differ / "klp" },
        write { path = "Makefile", text = "obj-m := " .. name .. ".o\n" .. name
          .. "-y := patch.o $(patsubst %_shipped,%,$(notdir $(wildcard $(src)/code*.o_shipped)))\n" },
      } },
      goals = { "M=/jkr/ext modules" }, outputs = { [name .. ".ko"] = "/jkr/ext/" .. name .. ".ko" },
    }
    local marked = run_in_container "" {
      toolchain = k.toolchain, script = "livepatch/mark.sh", argv = { name },
      mounts = { ["/jkr/klp"] = "livepatch", ["/jkr/in/module"] = module, ["/jkr/devel"] = k.devel },
    }
    return { marked, functions = differ / "functions" }
  end,
}
