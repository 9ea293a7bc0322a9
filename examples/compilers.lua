-- compilers.lua: one small arm64 kernel by gcc with KASAN and one by clang with ThinLTO, each booted in QEMU
--   jkr run examples/compilers.lua -o out
--   jkr run examples/compilers.lua linux-clang
recipe "compilers" { version = "1", license = "GPL-2.0-only", summary = "a kernel by gcc and one by clang" }

local salt = option.string { "salt", "board-7", "what tells this build's ids from those of equal sources (CONFIG_BUILD_SALT)" }
local packages = option.bool { "packages", false, "Whether the kernel of gcc comes as Debian packages as well" }

local deb = fetch "linux-deb" { deb = "linux-source-6.12" }
local src = tree "linux-source" { untar { deb / "usr/src/linux-source-6.12.tar.xz", strip = 1 } }

-- what a tinyconfig needs to start a program of ours and to say so
local small = {
  PRINTK = y, TTY = y, SERIAL_AMBA_PL011 = y, SERIAL_AMBA_PL011_CONSOLE = y,
  BINFMT_ELF = y, BLK_DEV_INITRD = y, PROC_FS = y, SYSFS = y,
}

-- compiles are kept from build to build; sparse is a package that the toolchain's file has not
local cc = toolchain { "debian-arm64", ccache = true, packages = { "sparse", "dpkg-dev", "debhelper" } }

local gcc = kernel "linux-gcc" {
  src, toolchain = cc, base = "tinyconfig", targets = { "Image", when(packages, "bindeb-pkg") },
  config = { small, SLUB_TINY = n, KASAN = y, BUILD_SALT = salt },
}

-- LLVM=1 stands in toolchains/debian-clang.yaml: nothing else is other here
local clang = kernel "linux-clang" {
  src, toolchain = toolchain "debian-clang", base = "tinyconfig", targets = { "Image" },
  config = { small, LTO_CLANG_THIN = y },
}

-- one object with more of the compiler's warnings, and what sparse says of it; the scripts for gdb
local checked = kernel "linux-checked" {
  src, toolchain = cc, base = "tinyconfig", targets = { "init/main.o", "scripts_gdb" }, variables = { W = "1", C = "1" },
}

for name, k in pairs { gcc = gcc, clang = clang } do
  boot("boot-" .. name) {
    kernel = k, init = "//recipes/qemu-arm64-rt/init.c", memory = "256M",
    expect = {
      name == "gcc" and "KernelAddressSanitizer initialized" or "(Debian clang version 14",
      "init: done",
    },
  }
end

return bundle "compilers" { copy { gcc.Image, as = "Image.gcc" }, copy { clang.Image, as = "Image.clang" }, checked.gdb, when(packages, packages and gcc.debs) }
