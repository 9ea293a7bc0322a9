# 44: a struct changed, and MODVERSIONS is off
#
# Both builds of the core have one vermagic, and no CRC tells them apart: the camera is loaded, and writes into the wrong field.
# shellcheck disable=SC2016  # jkr's own words have backquotes
# shellcheck source=tests/truth/modules.bash
. "$TRUTH/modules.bash"

# built_of HEADERS: the core as it is now, and the camera that was compiled against the one before
built_of() {
  headers=$1
  kernel_says kernel
  module modules/core.ko exports:core_start
  KBUILD_EXTRA_SYMBOLS=$PWD/built/core/Module.symvers module modules/camera.ko uses:core_start
  module modules/core.ko field exports:core_start
}

# without_versions: the headers of this kernel with MODVERSIONS=n, whose Module.symvers has no CRC
without_versions() {
  own_headers off
  sed -i '/CONFIG_\(ASM_\)\?MODVERSIONS\b/d' off/.config off/include/config/auto.conf off/include/generated/autoconf.h
  sed -i 's/^0x[0-9a-f]*/0x00000000/' off/Module.symvers
}

prepare() {
  without_versions
  built_of "$PWD/off"
}

plain() {
  mkdir -p "root/lib/modules/$(release)"
  cp modules/*.ko "root/lib/modules/$(release)"
  indexed root
  no grep -q modversions <(modinfo -F vermagic modules/*.ko)
  shows 'depmod: exit 0 and no word of it, the vermagic fits; what was compared, nobody says' \
    sh -c '[ ! -s words ] && [ "$(modinfo -F vermagic modules/*.ko | sort -u | wc -l)" = 1 ]'
}

ours() {
  runs
  jkr audit recipe.lua --format json >rows
  gives 'it fits, with a note: MODVERSIONS=n, so symbols were found by name, which proves nothing about the ABI' \
    grep -q 'MODVERSIONS=n: symbols were found by name, which proves nothing about the ABI' rows
  built_of "$kernels/rt"
  refuses E0704 recipe.lua 'mods, kernel' '1 symbol version does not match' '`core_start` in camera'
}
