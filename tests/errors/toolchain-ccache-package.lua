recipe "toolchain-ccache-package" { version = "1", license = "MIT", summary = "what a toolchain may be asked for" }
local a = toolchain { "debian-arm64", packages = { "sparse", "ccache" } }
