recipe "preempt" { version = "1", license = "MIT", summary = "a small kernel that can be preempted" }

local linux = kernel "linux" {
  untar "src" { "linux.tar", strip = 1 }, toolchain = toolchain "host", arch = "x86", base = "tinyconfig",
  config = {
    PREMPT = y,
  },
}

return bundle "preempt" { linux.config }
