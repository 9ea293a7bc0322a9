recipe "sound" { version = "1", license = "MIT", summary = "a sound driver" }

local root = copy "root" { "root" }

vermagic_check "loadable" {
  root, kernel = copy "kernel" { "kernel" },
  -- replaces = "snd-soc-board",
}

return root
