recipe "named" { version = "1", license = "MIT", summary = "a kernel that knows its name" }

local linux = kernel "linux" {
  untar "src" { "linux.tar", strip = 1 }, toolchain = toolchain "host", arch = "x86", base = "tinyconfig",
  config = {
    fragment "board.config",
    CMDLINE = "console=ttyS0",
  },
}

return bundle "named" { linux.config }
