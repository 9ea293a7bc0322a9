local n = 5
kconfig_append "wanted" {
  ".config",
  symbols = { HZ = 250, FOO = n, ["9P_FS"] = y },
}
