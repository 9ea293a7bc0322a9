recipe "zeroed" { version = "1", license = "MIT", summary = "registers are zeroed when a function returns" }

local gcc = toolchain "host"
local src = tree "src" {
  untar { "linux.tar", strip = 1 },
  copy { "vendor-gcc", into = "scripts" },
}

local config = make_in_container "config" {
  src, toolchain = gcc, variables = { ARCH = "x86" }, build = "fresh",
  config = kconfig_append "asked" { ".config", symbols = { ZERO_CALL_USED_REGS = y } } / ".config",
  targets = { "olddefconfig" }, outputs = { ".config" },
}
local built = make_in_container "built" {
  src, toolchain = gcc, variables = { ARCH = "x86", CC = "/jkr/src/scripts/vendor-gcc" }, build = "fresh",
  config = config / ".config",
  targets = { "include/config/auto.conf" }, outputs = { ".config", "include/config/auto.conf" },
}

return bundle "zeroed" { built }
