recipe "menu" { version = "1", license = "MIT", summary = "a boot folder with an overlay" }

local src = copy "src" { "Makefile", "board.dts", "camera.dtso" }
local dt = make_in_container "dt" {
  src, toolchain = toolchain "host", objdir = false, targets = { "dtbs" }, outputs = { "board.dtb", "camera.dtbo" },
}

local root = tree "root" {
  write { path = "boot/Image", text = "a kernel\n" },
  copy { "extlinux.conf", into = "boot/extlinux" },
  copy { dt / "board.dtb", into = "boot" },
  extlinux_check { fdt = "/boot/board.dtb" },
}

return root
