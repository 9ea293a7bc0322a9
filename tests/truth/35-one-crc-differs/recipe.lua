recipe "camera" { version = "1", license = "MIT", summary = "a camera's driver" }

local mods = copy "modules" { "modules" }

vermagic_check "loadable" {
  mods, release = "6.12.5-board", config = "kernel/.config", symbols = true, symvers = { "kernel/Module.symvers" },
}

return mods
