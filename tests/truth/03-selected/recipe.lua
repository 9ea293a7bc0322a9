recipe "quiet" { version = "1", license = "MIT", summary = "a small kernel without what is for debugging" }

local linux = kernel "linux" {
  untar "src" { "linux.tar", strip = 1 }, toolchain = toolchain "host", arch = "x86", base = "tinyconfig",
  config = {
    DEBUG_KERNEL = n,
  },
}

return bundle "quiet" { linux.config }
