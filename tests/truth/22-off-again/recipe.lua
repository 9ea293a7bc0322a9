recipe "rt" { version = "1", license = "MIT", summary = "a small kernel, PREEMPT_RT or not" }

local rt = option.bool { "rt", false, "PREEMPT_RT" }

local linux = kernel "linux" {
  untar "src" { "linux.tar", strip = 1 }, toolchain = toolchain "host", arch = "x86", base = "tinyconfig",
  config = { PREEMPT_RT = rt },
}

return bundle "rt" { linux.config }
