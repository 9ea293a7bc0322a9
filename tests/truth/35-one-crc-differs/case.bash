# 35: equal vermagic, and the CRC of one symbol differs
#
# The kernel was built again: what `i2c_register_driver` takes is another struct by now, and so is what `core_start` takes. Release and options are the
# same, and the vendor's module is the one of last month. The kernel says `disagrees about version of symbol`, on the target.
# shellcheck disable=SC2016  # jkr's own words have backquotes
# shellcheck source=tests/truth/modules.bash
. "$TRUTH/modules.bash"

# before: the headers of last month. The version that the symbol had is that of a kernel whose struct is really another, for want of PREEMPT_RT.
before() {
  own_headers last-month
  crc_before=$(crc i2c_register_driver "$kernels/stock/Module.symvers")
  sed -i "s/^0x[0-9a-f]*\(\ti2c_register_driver\t\)/$crc_before\1/" last-month/Module.symvers
}

prepare() {
  kernel_says kernel
  before
  module core.ko exports:core_start
  core_before=$(crc core_start built/core/Module.symvers)
  headers=$PWD/last-month KBUILD_EXTRA_SYMBOLS=$PWD/built/core/Module.symvers \
    module modules/camera.ko uses:i2c_register_driver uses:core_start
  module modules/core.ko field exports:core_start
}

plain() {
  mkdir -p "root/lib/modules/$(release)"
  cp modules/*.ko "root/lib/modules/$(release)"
  indexed root
  shows 'every vermagic fits, depmod: exit 0 and no word of it' \
    [ "$(modinfo -F vermagic modules/*.ko | sort -u; cat words)" = "$(modinfo -F vermagic core.ko)" ]
}

ours() {
  local crc_now core_now
  crc_now=$(crc i2c_register_driver kernel/Module.symvers) core_now=$(crc core_start built/core/Module.symvers)
  refuses E0704 recipe.lua 'mods, kernel' '2 symbol versions do not match' \
    "\`i2c_register_driver\` in camera (built against $crc_before, vmlinux has $crc_now)" \
    "\`core_start\` in camera (built against $core_before, core has $core_now)"
  KBUILD_EXTRA_SYMBOLS=$PWD/built/core/Module.symvers module modules/camera.ko uses:i2c_register_driver uses:core_start
  runs
  gives 'built again it is delivered' test -e out/camera.ko
}
