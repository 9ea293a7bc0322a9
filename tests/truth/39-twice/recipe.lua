recipe "sound" { version = "1", license = "MIT", summary = "a sound driver" }

local root = copy "root" { "root" }

vermagic_check "loadable" {
  root, release = "6.12.5-board", config = "kernel/.config",
  -- replaces = "snd-soc-board",
}

return root
