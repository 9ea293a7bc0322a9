-- configure.lua: the ways to a kernel's configuration; each is checked against what was asked, and nothing is compiled
--   jkr run examples/configure.lua -o out
--   jkr why examples/configure.lua CONFIG_TCP_CONG_BBR
recipe "configure" { version = "1", license = "MIT", summary = "five ways to a kernel's configuration" }

local gcc = toolchain "debian-arm64"
local deb = fetch "linux-deb" { deb = "linux-source-6.12" }
local src = tree "linux-source" { untar { deb / "usr/src/linux-source-6.12.tar.xz", strip = 1 } }

-- 1. goals of the kernel's own make, one after the other
local goals = kernel "goals" { src, toolchain = gcc, base = { "defconfig", "hardening.config" }, config = { PREEMPT = y } }

-- 2. a preset: all that it does not set has its default
local preset = kernel "preset" { src, toolchain = gcc, preset = "configure/preset.config", config = { DEBUG_FS = y } }

-- 3. fragments of the project's library, ../fragments: in whatever order they stand here, builtin comes last; all else is off
local library = kernel "library" {
  src, toolchain = gcc, fragments = { "builtin/net", "net/tcp", "arch/arm64-virt", "core/printk", "core/modules", "core/64bit" },
}

-- 4. a defconfig of the tree with more at its end
local appended = tree "appended" {
  src, kconfig_append { "arch/arm64/configs/defconfig", symbols = { fragment "configure/preset.config", DEBUG_FS = n } },
}
local defconfig = kernel "defconfig" { appended, toolchain = gcc, label = "bench" } -- and a name of its own in `uname -r`

-- 5. a configuration that somebody kept, here that of 3; what the tree does not know of it is dropped
local saved = kernel "saved" { src, toolchain = gcc, saved = library.config, config = { TCP_CONG_BBR = m } }

return bundle "configure" {
  copy { goals.config, as = "goals.config" },
  copy { preset.config, as = "preset.config" },
  copy { library.config, as = "library.config" },
  copy { defconfig.config, as = "defconfig.config" },
  copy { saved.config, as = "saved.config" },
}
