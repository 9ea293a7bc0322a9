-- qemu.lua: QEMU's aarch64 target from Debian's source package, as small as it gets, and the kernel of qemu-arm64.lua booted in it
--   apt has to know source packages: `deb-src`, or `Types: deb deb-src`
recipe "qemu" { version = "1", license = "GPL-2.0-or-later", summary = "QEMU for arm64, from Debian's source" }

local wanted = option.string { "configure", "", "More words for QEMU's configure, such as --enable-slirp" }

local gcc  = toolchain "debian-qemu-build"
local src  = debian_source "source" { fetch "dsc" { dsc = "qemu" } }
local qemu = run_in_container "emulator" {
  toolchain = gcc, script = "qemu/build.sh", argv = { wanted }, mounts = { ["/jkr/qemu"] = src },
  outputs = { "qemu-system-aarch64" }, timeout = 7200,
}

local linux = use "qemu-arm64/linux.lua" {}
boot "virt" { kernel = linux, emulator = qemu / "qemu-system-aarch64", qemu = gcc,
              expect = { linux.release, "init: floating point counts", "init: done" } }

return bundle "qemu" { qemu }
