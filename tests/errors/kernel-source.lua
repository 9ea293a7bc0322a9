-- without `strip` the kernel is a folder below the result
local src = untar "src" { "linux.tar", strip = 0 }
return kernel "linux" {
  src, toolchain = toolchain "machine",
}.Image
