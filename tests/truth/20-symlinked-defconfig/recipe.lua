recipe "defconfig" { version = "1", license = "MIT", summary = "a new board with PREEMPT_RT" }

local src = tree "src" {
  copy { "configs", into = "configs" },
  kconfig_append { "configs/new_defconfig", symbols = { PREEMPT_RT = y } },
}

return bundle "defconfig" { src / "configs/new_defconfig", src / "configs/old_defconfig" }
