recipe "rate" { version = "1", license = "MIT", summary = "the board's timer" }

local linux = kernel "linux" {
  untar "src" { "linux.tar", strip = 1 }, toolchain = toolchain "host", arch = "x86", base = "tinyconfig",
  config = {
    fragment "board.config",
  },
}

return bundle "rate" { linux.config }
