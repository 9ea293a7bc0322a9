local src = write "src" { path = ".config", text = "" }
local m = write "modules" { path = "modules", text = "" }

kconfig_append "config" {
  ".config",
  on = src,
  symbols = { SMP = y, PCI = m },
}
