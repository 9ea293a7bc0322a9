recipe "gate" { version = "1", license = "MIT", summary = "the modules of a board" }

local mods = copy "modules" { "modules" }

vermagic_check "loadable" {
  mods, release = "6.12.5-board", config = "kernel/.config",
}

return mods
