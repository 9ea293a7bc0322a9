recipe "plugged" { version = "1", license = "MIT", summary = "a camera, a lidar, and one kernel" }

local drivers = plugins { plugin "camera", plugin "lidar" }
local asked = tree "asked" {
  kconfig_append { ".config", symbols = { PRINTK = y } },
  drivers.post_defconfig,
}

return bundle "plugged" { asked }
