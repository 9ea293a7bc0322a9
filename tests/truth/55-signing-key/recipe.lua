recipe "signed" { version = "1", license = "MIT", summary = "a signed module, and the configuration that asks for it" }

local gcc = toolchain "host"
local linux = kernel "linux" {
  untar "tree" { "linux.tar", strip = 1 }, toolchain = gcc, arch = "x86", base = "tinyconfig",
  config = {
    MODULES = y,
    MODULE_SIG = y,
  },
}
local src = tree "src" { copy { "src" }, }
local driver = make_in_container "driver" {
  src, toolchain = gcc, targets = { "driver.ko" }, objdir = false, outputs = { "driver.ko" },
}

return bundle "signed" { linux.config, driver }
