recipe "bbr" { version = "1", license = "MIT", summary = "a small kernel with BBR" }

local linux = kernel "linux" {
  untar "src" { "linux.tar", strip = 1 }, toolchain = toolchain "host", arch = "x86", base = "tinyconfig",
  config = {
    MODULES = y,
    TCP_CONG_BBR = m,
  },
}

return bundle "bbr" { linux.config }
