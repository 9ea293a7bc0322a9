# 42: the kernel has the release of the stock kernel
#
# Without a LOCALVERSION of its own the kernel has the distribution's release. Its modules go into the same folder: half of what lies there
# is then of another kernel, and depmod makes one index of both.
# shellcheck disable=SC2016  # jkr's own words have backquotes
# shellcheck source=tests/truth/modules.bash
. "$TRUTH/modules.bash"

prepare() {
  module stock/lib/modules/6.12.5-board/kernel/wifi.ko
  module stock/lib/modules/6.12.5-board/kernel/camera.ko
  module ours/lib/modules/6.12.5-board/kernel/camera.ko uses:_printk=0x22
}

plain() {
  cp -a stock root
  cp -a ours/. root
  indexed root
  shows 'cp, depmod: exit 0, and wifi.ko of the stock kernel is among ours' \
    sh -c '[ ! -s words ] && grep -q wifi root/lib/modules/6.12.5-board/modules.dep'
}

ours() {
  refuses E1313 recipe.lua 'module_check "own-folder"' '2 modules of another kernel with the release `6.12.5-board` are there'
  mv ours/lib/modules/6.12.5-board ours/lib/modules/6.12.5-ours
  mend recipe.lua '6.12.5-board' '6.12.5-ours'
  runs
  gives 'with a localversion of its own each has its folder' \
    test -e out/lib/modules/6.12.5-board/kernel/wifi.ko -a -e out/lib/modules/6.12.5-ours/kernel/camera.ko
}
