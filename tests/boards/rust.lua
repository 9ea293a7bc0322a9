-- Rust is asked for where Debian 12's bindgen is too old for 6.12: a refusal with the tree's own words, not a kernel without it
recipe "rust" { version = "1", license = "MIT", summary = "asks for Rust that cannot be had" }

local bindgen = option.bool { "bindgen", true, "Whether Debian's bindgen and a new rustc are there" }

local deb = fetch "linux-deb" { deb = "linux-source-6.12" }
local src = tree "linux-source" { untar { deb / "usr/src/linux-source-6.12.tar.xz", strip = 1 } }
local cc = bindgen and toolchain { "debian-clang", packages = { "rustc-web", "bindgen" } } or toolchain "debian-clang"
local linux = kernel "linux" { src, toolchain = cc, base = "tinyconfig", config = { RUST = y } }

return bundle "rust" { linux.Image }
