-- run: run extlinux-check.lua -q
-- exit: 3
local root = tree "root" {
  write { path = "boot/Image", text = "kernel\n" },
  write { path = "boot/extlinux/extlinux.conf", text = [[
LABEL primary
  LINUX /boot/Image
  INITRD /boot/initrd
  OVERLAYS /boot/camera.dtbo
  APPEND quiet root=/dev/sda1 root=/dev/nvme0n1p1 isolcpus=1-5 nohz_full=1-4 cma=64M
]] },
}
extlinux_check "menu" { root, fdt = "/boot/board.dtb", args = { "rootwait", "isolcpus=1-3" }, without = "cma",
                        same = { "isolcpus", "nohz_full" } }
return root
