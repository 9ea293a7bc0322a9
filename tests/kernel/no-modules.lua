-- modules of a configuration that has none: nothing may be compiled
recipe "no-modules" { version = "1", license = "MIT", summary = "asks for modules where tinyconfig has none" }

local gcc = toolchain "debian-arm64"
local deb = fetch "linux-deb" { deb = "linux-source-6.12" }
local src = tree "linux-source" {
  untar { deb / "usr/src/linux-source-6.12.tar.xz", strip = 1 },
}
local linux = kernel "linux" { src, toolchain = gcc, arch = "arm64", base = "tinyconfig", config = { PRINTK = y } }

return bundle "no-modules" { linux.modules }
