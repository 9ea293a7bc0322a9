recipe "expert" { version = "1", license = "MIT", summary = "nothing but EXPERT" }

local linux = kernel "linux" {
  untar "src" { "linux.tar", strip = 1 }, toolchain = toolchain "host", arch = "x86", base = "allnoconfig",
  config = {
    EXPERT = y,
  },
}

return bundle "expert" { linux.config }
