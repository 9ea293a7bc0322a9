local src = write "src" { path = ".config", text = "" }
local m = write "modules" { path = "modules", text = "" }

kconfig_append "config" {
  on = src,
  { SMP = y, PCI = m },
}
