recipe "camera" { version = "1", license = "MIT", summary = "a camera's driver" }

local root = copy "root" { "root" }

vermagic_check "loadable" {
  root, release = "6.12.5-board", config = "kernel/.config",
}

return root
