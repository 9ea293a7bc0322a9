recipe "log" { version = "1", license = "MIT", summary = "a kernel with a large log" }

local linux = kernel "linux" {
  untar "src" { "linux.tar", strip = 1 }, toolchain = toolchain "host", arch = "x86", base = "tinyconfig",
  config = {
    PRINTK = y,
    LOG_BUF_SHIFT = 99,
  },
}

return bundle "log" { linux.config }
