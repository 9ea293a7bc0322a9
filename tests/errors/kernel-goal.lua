local linux = kernel "linux" {
  "src", toolchain = toolchain "machine",
  base = { "rt.config", "tegro_defconfig" },
}
return copy { linux.config }
