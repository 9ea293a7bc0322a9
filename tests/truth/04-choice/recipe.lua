recipe "model" { version = "1", license = "MIT", summary = "two models of preemption" }

local linux = kernel "linux" {
  untar "src" { "linux.tar", strip = 1 }, toolchain = toolchain "host", arch = "x86", base = "tinyconfig",
  config = {
    PREEMPT = y,
    PREEMPT_VOLUNTARY = y,
  },
}

return bundle "model" { linux.config }
