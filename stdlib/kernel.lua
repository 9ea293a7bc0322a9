-- kernel: a Linux kernel, configured, checked against what was asked, built.

-- What the make of each architecture can build, the image that boots first.
local formats = {
  arm = { "zImage", "Image", "uImage", "vmlinux" },
  arm64 = { "Image", "Image.gz", "vmlinux" },
  riscv = { "Image", "Image.gz", "vmlinux" },
  x86 = { "bzImage", "vmlinux" },
}

local function check_images(p)
  for _, name in ipairs(p.images or {}) do
    local known = false
    for _, format in ipairs(formats[p.arch]) do known = known or format == name end
    if not known then
      error(("`images` names %s, which no make for %s builds; it has %s"):format(name, p.arch, table.concat(formats[p.arch], ", ")), 0)
    end
  end
end

-- Where the kernel's make puts an image.
local function path_of(image, arch)
  return image == "vmlinux" and image or "arch/" .. arch .. "/boot/" .. image
end

-- What a build of external modules, and vermagic_check, need of a built kernel. Not all of include/config: a
-- warm build directory keeps the marks of symbols that are switched off by now.
local function devel_of(arch)
  return {
    ".config", "Makefile", "Module.symvers", "System.map",
    "include/generated", "include/config/auto.conf", "include/config/kernel.release",
    "arch/" .. arch .. "/include", "scripts",
  }
end

-- The ways to a base configuration; a call takes one of them.
local ways = { "base", "preset", "fragments", "saved" }

local function way_of(p)
  local way
  for _, name in ipairs(ways) do
    if p[name] and way then
      error(("kernel begins with one of `base`, `preset`, `fragments` and `saved`, not with `%s` and `%s`"):format(way, name), 0)
    end
    way = p[name] and name or way
  end
  return way or "base"
end

-- What configuring reads of a tree, by name: an edit of another file configures nothing anew. Were it too little, the
-- build would end with another .config than it was given, which is a mistake of its own (E0210).
local function configures(p)
  local only = { "Kconfig*", "Makefile*", "Kbuild*", "scripts", "configs" }
  for _, pattern in ipairs(p.reads or {}) do only[#only + 1] = pattern end
  -- the second operand is in the first: a source that is no kernel, or not at its top, is told here
  return copy "kconfig" { p.source, p.source / "Kconfig", only = only }
end

-- What all of a configuration is made of: Kconfig's own target reads it in place of its defaults, or of n.
local function from_file(p, seen, vars, asked, target)
  local all = { KCONFIG_ALLCONFIG = "/jkr/asked/.config" }
  for k, v in pairs(vars) do all[k] = v end
  return make_in_container "base" {
    seen, toolchain = p.toolchain, variables = all, targets = { target }, build = "fresh",
    mounts = { ["/jkr/asked"] = kconfig_append "asked" { ".config", symbols = asked } },
    outputs = { ".config" },
  }
end

-- The base configuration, by each of the ways.
local makes = {
  base = function(p, seen, vars)
    local goals = p.base or { "defconfig" }
    local one = #goals == 1
    return make_in_container "base" {
      seen, toolchain = p.toolchain, variables = vars, targets = one and goals or nil, goals = not one and goals or nil,
      build = "fresh", outputs = { ".config" },
    }
  end,
  preset = function(p, seen, vars, asked) return from_file(p, seen, vars, asked, "alldefconfig") end,
  fragments = function(p, seen, vars, asked) return from_file(p, seen, vars, asked, "allnoconfig") end,
  saved = function(p) return copy "base" { p.saved, as = ".config" } end,
}

-- What gdb loads beside a vmlinux: the tree's own scripts with the constants of this configuration.
local function gdb_of(p, built)
  return tree "gdb" {
    copy { p.source / "scripts/gdb", into = "scripts/gdb" },
    copy { p.source / "scripts/gdb/vmlinux-gdb.py" },
    copy { built / "constants.py", into = "scripts/gdb/linux" },
  }
end

define "kernel" {
  doc = "A Linux kernel. The base configuration is made by the kernel's own make, the symbols that are asked for are "
    .. "appended, `olddefconfig` makes the rest, and every symbol is checked before anything is compiled: one that did "
    .. "not get its value fails at its line, with the clause of its dependency that is false. Compiling goes into a warm "
    .. "build directory, so that a change compiles what it touches. The base is what goals of make give (`base`), a file in "
    .. "place of all defaults (`preset`), names of the project's library of fragments with everything else off "
    .. "(`fragments`), or a configuration that somebody kept (`saved`): one of them.",
  params = {
    source = { "source", operand = true, required = true, doc = "The kernel's source: a tree, a path in one, or a folder." },
    toolchain = { "step", required = true, doc = "The compilers, and the image that they run in." },
    arch = { "choice", { "arm", "arm64", "riscv", "x86" }, default = "arm64", doc = "The kernel's name of the architecture (ARCH)." },
    base = { "string", list = true, doc = "The goals of make that give the base configuration, one after the other, such as "
      .. "\"defconfig\", which it is unless told, and \"hardening.config\" of the tree's own fragments." },
    preset = { "source", doc = "A file of symbols in place of the base: what it does not set has its default (`make alldefconfig` with "
      .. "KCONFIG_ALLCONFIG). Its symbols are asked for and checked." },
    fragments = { "string", list = true, doc = "Names of the library, in place of the base: \"core/64bit\" is "
      .. "fragments/core/64bit.config of the recipe's project: of an import (`use \"git+…\"`) its own, of another file of the "
      .. "project (`use \"other/c.lua\"`) the project's, wherever that file lies. They are merged in the canonical order, builtin last, whatever "
      .. "the order here; what none of them sets is off (`make allnoconfig` with KCONFIG_ALLCONFIG). All are checked." },
    saved = { "source", doc = "A .config that somebody kept, in place of the base. What it sets is not asked for: what this tree does not "
      .. "know of it is dropped." },
    config = { "symbols", doc = "Kconfig symbols and fragments, on top of the base." },
    allow = { "string", list = true, doc = "Symbols that may get another value than asked." },
    reads = { "string", list = true, doc = "More of the source that configuring reads, as patterns of `copy`'s `only`, where a tree has it under other "
      .. "names than Kconfig*, Makefile* and Kbuild* or outside of folders called scripts and configs. An edit of anything else configures nothing anew." },
    localversion = { "string", doc = "What follows the version in the kernel's release (CONFIG_LOCALVERSION)." },
    images = { "choice", { "vmlinux", "Image", "Image.gz", "zImage", "uImage", "bzImage" }, list = true,
      doc = "Images to build in place of the architecture's own, of what it has; each is checked as a boot loader reads it (`kernel_image_check`); the modules "
        .. "come with them unless `targets` says otherwise. A uImage needs u-boot-tools in the toolchain's image, and for arm LOADADDR in `variables`." },
    label = { "string", doc = "A word for the kernel's release: it becomes VERSION, localversion, this word and 12 digits that stand for "
      .. "configuration, toolchain, make's variables and source (`jkr doc kernel_label` has the formula). `series`, `tag` and `ref` give the word where this does not." },
    series = { "source", doc = "A mailbox whose first subject gives the word, with -vN from the second version on." },
    tag = { "string", doc = "The tag that was checked out: the word is `vanilla`." },
    ref = { "string", doc = "What else was checked out, such as a branch: it is the word." },
    targets = { "string", list = true, doc = "What make builds; the architecture's image and the modules when it is left out. "
      .. "\"bindeb-pkg\" makes Debian packages; the toolchain's image needs dpkg-dev and debhelper for it." },
    variables = { "map", doc = "More variables on make's command line." },
    readonly = { "bool", default = true, doc = "Whether a build that writes into the source fails. Kbuild writes into its build directory alone; "
      .. "false is for a tree whose own makefiles do not." },
    timeout = { "int", doc = "Seconds after which the compile is stopped." },
  },
  outputs = {
    Image = "the image that boots, under its name in the kernel's tree; of several the first",
    boot = "with `images`: each of them, System.map and config, named by release as in /boot",
    modules = "lib/modules/RELEASE, as `make modules_install` lays it out, without the links to the build directory",
    dtbs = "the device trees, when the targets name dtbs",
    debs = "the Debian packages, when the targets name bindeb-pkg; the kernel's scripts write the date of the build into their changelog",
    gdb = "the tree's scripts for gdb, when the targets name scripts_gdb: vmlinux-gdb.py beside a vmlinux finds the rest",
    rust_project = "rust-project.json, when the targets name rust-analyzer and the configuration has RUST",
    devel = "what external modules build against: headers, scripts, Module.symvers, .config",
    config = "the whole configuration",
    source = "the source that was built",
    toolchain = "the compilers that built it",
    variables = "what was on make's command line",
    release = "the release, as `uname -r` says it",
  },
  example = [[
local linux = kernel "linux" {
  src, toolchain = toolchain "debian-arm64", arch = "arm64",
  config = { fragment "board.config", PREEMPT_RT = y },
}]],
  build = function(p)
    local vars = { ARCH = p.arch, CROSS_COMPILE = p.toolchain.prefix }
    for k, v in pairs(p.variables or {}) do vars[k] = v end

    check_images(p)
    local way = way_of(p)
    local asked = { { p.preset }, p.fragments and fragments(p.fragments) or {}, p.config or {} }
    if p.localversion then asked[#asked + 1] = { LOCALVERSION = p.localversion } end

    local seen = configures(p)
    local base = makes[way](p, seen, vars, asked)
    local wanted = kconfig_append "wanted" { ".config", on = base, symbols = asked }
    local got = make_in_container "config" {
      seen, toolchain = p.toolchain, variables = vars, config = wanted / ".config",
      targets = { "olddefconfig" }, build = "fresh",
      outputs = { ".config", "scripts/kconfig", "include/config" },
    }
    -- the compile takes in the checked configuration, so nothing is compiled before every symbol is right
    local honoured = kconfig_check "honoured" {
      config = got / ".config", symbols = asked, allow = p.allow, source = seen, build = got,
      toolchain = p.toolchain, arch = p.arch, variables = vars,
      base = way == "base" and (p.base or { "defconfig" }) or nil, saved = p.saved,
      before = (way == "base" or way == "saved") and base / ".config" or nil,
    }

    local ready = honoured / ".config"
    if p.label or p.series or p.tag or p.ref then
      ready = kernel_label "label" {
        config = ready, source = p.source, toolchain = p.toolchain, variables = vars,
        label = p.label, series = p.series, tag = p.tag, ref = p.ref,
      } / ".config"
    end

    local image = p.images and p.images[1] or formats[p.arch][1]
    local targets = p.images and { table.unpack(p.images) } or p.targets or { image, "modules" }
    if p.images then
      for _, t in ipairs(p.targets or { "modules" }) do targets[#targets + 1] = t end
    end
    local has = {}
    for _, t in ipairs(targets) do has[t] = true end
    -- what looks at every object of x86, also of those built outside; a target of its own, for not every configuration makes it
    local objtool = has.modules and p.arch == "x86"
    if objtool then targets[#targets + 1] = "tools/objtool" end
    local packages = has["bindeb-pkg"]
    if packages then
      local rest = {}
      for _, t in ipairs(targets) do
        if t ~= "bindeb-pkg" then rest[#rest + 1] = t end
      end
      targets = rest
    end
    local goals = #targets > 0 and { table.concat(targets, " ") } or {}
    local outputs = { release = "include/config/kernel.release" }
    if has.scripts_gdb then outputs["constants.py"] = "scripts/gdb/linux/constants.py" end
    if has["rust-analyzer"] then outputs["rust-project.json"] = "rust-project.json" end
    if has[image] then outputs[image] = path_of(image, p.arch) end
    if p.images then
      for _, name in ipairs(p.images) do outputs["boot/" .. name] = path_of(name, p.arch) end
      outputs["boot/System.map"] = "System.map"
      outputs["boot/config"] = ".config"
    end
    if has.dtbs then
      goals[#goals + 1] = "dtbs_install INSTALL_DTBS_PATH=/jkr/out/dtbs"
      outputs.dtbs = "out:dtbs"
    end
    if has.modules then
      goals[#goals + 1] = "modules_install INSTALL_MOD_PATH=/jkr/out/modules"
      outputs.modules = "out:modules"
      for _, path in ipairs(devel_of(p.arch)) do outputs["devel/" .. path] = path end
      if objtool then outputs["devel/tools/objtool/objtool"] = "tools/objtool/objtool" end
    end

    if packages then -- a make of its own on the same folder; -d: what it compiles with is the toolchain's business;
                     -- the kernel's own revision counts the builds of a folder
      goals[#goals + 1] = "bindeb-pkg DPKG_FLAGS=-d" .. (vars.KDEB_PKGVERSION and "" or " KDEB_PKGVERSION=$(KERNELVERSION)-1")
      outputs.debs = "/jkr/*.deb"
    end

    local built = make_in_container "build" {
      p.source, toolchain = p.toolchain, variables = vars, config = ready,
      -- build and source: links of modules_install to where nothing is afterwards; kernel_devel has some that lead on
      goals = goals, outputs = outputs, readonly = p.readonly, exclude = { "*.o", "*.cmd", "build", "source" }, timeout = p.timeout,
    }
    local release = text(built / "release")
    for _, name in ipairs(p.images or (has[image] and { image }) or {}) do
      local compressed = name == "zImage" or name == "uImage"
      kernel_image_check(name) {
        built / (p.images and "boot/" .. name or name), format = name, arch = p.arch, release = not compressed and release or nil,
        with_inputs = true,
      }
    end
    return {
      built,
      boot = p.images and copy "boot" { built / "boot", suffix = release } or nil,
      Image = has[image] and built / image or nil,
      modules = has.modules and built / "modules" or nil,
      gdb = has.scripts_gdb and gdb_of(p, built) or nil,
      rust_project = has["rust-analyzer"] and built / "rust-project.json" or nil,
      debs = packages and built / "debs" or nil,
      dtbs = has.dtbs and built / "dtbs" or nil,
      devel = has.modules and built / "devel" or nil,
      config = ready,
      source = p.source,
      toolchain = p.toolchain,
      variables = vars,
      release = release,
    }
  end,
}
