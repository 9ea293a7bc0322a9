# 40: compressed modules
#
# The gate looks for *.ko. This kernel's modules are .ko.xz, .ko.zst and .ko.gz, so it looks at none of them, and at none everything is right.
# shellcheck source=tests/truth/modules.bash
. "$TRUTH/modules.bash"

prepare() {
  kernel_says kernel MODVERSIONS
  module modules/core.ko
  vermagic=6.12.4${vermagic#6.12.5} module modules/camera.ko
  vermagic=6.12.4${vermagic#6.12.5} module modules/lens.ko
  xz modules/core.ko
  zstd -q --rm modules/camera.ko
  gzip modules/lens.ko
}

plain() {
  local bad=0 file
  while read -r file; do
    [ "$(modinfo -F vermagic "$file")" = "$vermagic" ] || bad=$((bad + 1))
  done < <(find modules -name '*.ko')
  shows 'a loop over *.ko: no module misfits' [ "$bad" = 0 ]
}

ours() {
  refuses E0701 recipe.lua 'mods, release' '2 modules are built for `6.12.4-board' 'camera.ko.zst' 'lens.ko.gz'
  rm modules/camera.ko.zst modules/lens.ko.gz
  module modules/camera.ko
  xz modules/camera.ko
  runs
  gives 'built again it is delivered' test -e out/camera.ko.xz
}
