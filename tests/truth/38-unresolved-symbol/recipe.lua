recipe "standby" { version = "1", license = "MIT", summary = "a driver that sends the board to sleep" }

local mods = copy "modules" { "modules" }

vermagic_check "loadable" {
  mods, kernel = copy "kernel" { "kernel" }, symbols = true,
}

return mods
