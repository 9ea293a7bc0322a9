-- qemu-arm64.lua: a small arm64 kernel, booted on QEMU's virt machine, and its panic with the lines of the source:
--   jkr run qemu-arm64.lua -D crash=true && jkr log qemu-arm64.lua -D crash=true crash/console >oops.txt
--   jkr decode oops.txt qemu-arm64.lua
recipe "qemu-arm64" { version = "1", license = "GPL-2.0-only", summary = "arm64 on QEMU virt" }

local full  = option.bool { "full", false, "The tree's defconfig, instead of the smallest kernel that boots" }
local crash = option.bool { "crash", false, "Whether the kernel is also booted to panic" }
local devel = option.bool { "devel", false, "Whether what modules are built against comes with it: lib/modules/RELEASE/build, and where that leads" }

local linux  = use "qemu-arm64/linux.lua" { full = full }
local memory = full and "512M" or "128M"

boot "virt" { kernel = linux, memory = memory, expect = { linux.release, "init: floating point counts", "init: done" } }
if crash then
  boot "crash" { kernel = linux, memory = memory, append = "panic=-1 crash",
                 expect = { linux.release, "Kernel panic - not syncing: sysrq triggered crash" } }
end

return bundle "qemu-arm64" { linux.boot, linux.modules, when(devel, devel and kernel_devel "devel" { linux }) }
