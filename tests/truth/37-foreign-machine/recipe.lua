recipe "camera" { version = "1", license = "MIT", summary = "a camera's driver" }

local root = copy "root" { "root" }

vermagic_check "loadable" {
  root, kernel = copy "kernel" { "kernel" },
}

return root
