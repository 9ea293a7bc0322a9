# 38: a symbol that nobody exports
#
# The driver uses a function that this kernel has and does not export. The module links; what is missing is said by the kernel that loads it.
# shellcheck disable=SC2016  # jkr's own words have backquotes
# shellcheck source=tests/truth/modules.bash
. "$TRUTH/modules.bash"

prepare() {
  kernel_says kernel MODVERSIONS
  module modules/camera.ko uses:_printk=0x22 uses:register_sensors=0x33
}

plain() {
  mkdir -p root/lib/modules/6.12.5-board
  cp modules/camera.ko root/lib/modules/6.12.5-board
  indexed root
  shows 'depmod: exit 0 and no word of it' test ! -s words
}

ours() {
  refuses E0705 recipe.lua 'mods, release' '1 symbol is exported by nobody: `register_sensors` (camera)' 'there is `register_sensor`'
  module modules/camera.ko uses:_printk=0x22 uses:register_sensor=0x33
  runs
  gives 'with the one that it proposes it is delivered' test -e out/camera.ko
}
