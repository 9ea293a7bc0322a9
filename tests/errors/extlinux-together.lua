-- run: run extlinux-together.lua -q
-- exit: 3
return tree "root" {
  write { path = "boot/Image", text = "a kernel\n" },
  copy { "board.dtb", "a.dtbo", "b.dtbo", into = "boot" },
  write { path = "boot/extlinux/extlinux.conf", text = [[
DEFAULT primary
LABEL primary
  LINUX /boot/Image
  FDT /boot/board.dtb
  OVERLAYS /boot/a.dtbo,/boot/b.dtbo
  APPEND root=/dev/mmcblk0p1
]] },
  extlinux_check {},
}
