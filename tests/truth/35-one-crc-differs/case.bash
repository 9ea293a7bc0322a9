# 35: equal vermagic, and the CRC of one symbol differs
#
# A struct behind `register_sensor` got a field, so its CRC is another; release and options are the same, and the vendor's module is
# the one of last month. The kernel says `disagrees about version of symbol register_sensor`, on the target.
# shellcheck disable=SC2016  # jkr's own words have backquotes
# shellcheck source=tests/truth/modules.bash
. "$TRUTH/modules.bash"

prepare() {
  kernel_says kernel MODVERSIONS
  module modules/core.ko exports:core_start=0x55 uses:_printk=0x22
  module modules/camera.ko uses:_printk=0x22 uses:register_sensor=0x34 uses:core_start=0x54
}

plain() {
  mkdir -p root/lib/modules/6.12.5-board
  cp modules/*.ko root/lib/modules/6.12.5-board
  indexed root
  shows 'every vermagic fits, depmod: exit 0 and no word of it' [ "$(modinfo -F vermagic modules/*.ko | sort -u; cat words)" = "$vermagic" ]
}

ours() {
  refuses E0704 recipe.lua 'mods, release' '2 symbol versions do not match' \
    '`register_sensor` in camera (built against 0x00000034, vmlinux has 0x00000033)' \
    '`core_start` in camera (built against 0x00000054, core has 0x00000055)'
  module modules/camera.ko uses:_printk=0x22 uses:register_sensor=0x33 uses:core_start=0x55
  runs
  gives 'built again it is delivered' test -e out/camera.ko
}
