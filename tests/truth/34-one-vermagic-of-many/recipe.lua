recipe "gate" { version = "1", license = "MIT", summary = "the modules of a board" }

local mods = copy "modules" { "modules" }

vermagic_check "loadable" {
  mods, kernel = copy "kernel" { "kernel" },
}

return mods
