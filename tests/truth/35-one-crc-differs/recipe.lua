recipe "camera" { version = "1", license = "MIT", summary = "a camera's driver" }

local mods = copy "modules" { "modules" }

vermagic_check "loadable" {
  mods, kernel = copy "kernel" { "kernel" }, symbols = true,
}

return mods
