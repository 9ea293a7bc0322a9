-- a symbol whose dependencies are unmet: nothing may be compiled
recipe "unmet" { version = "1", license = "MIT", summary = "asks for a symbol that cannot be had" }

local gcc = toolchain "debian-arm64"
local deb = fetch "linux-deb" { deb = "linux-source-6.12" }
local src = tree "linux-source" {
  untar { deb / "usr/src/linux-source-6.12.tar.xz", strip = 1 },
}
local linux = kernel "linux" {
  src, toolchain = gcc, arch = "arm64", base = "tinyconfig",
  config = {
    MODULES = y,
    TCP_CONG_BBR = m,
  },
}

return bundle "unmet" { linux.Image }
