# 44: a struct changed, and MODVERSIONS is off
#
# Both kernels have one vermagic, and no CRC tells them apart: the module is loaded, and writes into the wrong field.
# shellcheck disable=SC2016  # jkr's own words have backquotes
# shellcheck source=tests/truth/modules.bash
. "$TRUTH/modules.bash"

prepare() {
  vermagic=${vermagic/modversions /}
  kernel_says kernel
  module modules/camera.ko uses:register_sensor=0x34
}

plain() {
  shows 'modinfo: the vermagic fits; what was compared, nobody says' [ "$(modinfo -F vermagic modules/camera.ko)" = "$vermagic" ]
}

ours() {
  runs
  jkr audit recipe.lua --format json >rows
  gives 'it fits, with a note: MODVERSIONS=n, so symbols were found by name, which proves nothing about the ABI' \
    grep -q 'MODVERSIONS=n: symbols were found by name, which proves nothing about the ABI' rows
  kernel_says kernel MODVERSIONS
  vermagic=${vermagic/mod_unload/mod_unload modversions} module modules/camera.ko uses:register_sensor=0x34
  refuses E0704 recipe.lua 'mods, release' '`register_sensor` in camera'
}
