# 40: compressed modules
#
# The gate looks for *.ko. This kernel's modules are .ko.xz, .ko.zst and .ko.gz, so it looks at none of them, and at none everything is right.
# Two of them are of the distribution's kernel.
# shellcheck source=tests/truth/modules.bash
. "$TRUTH/modules.bash"

prepare() {
  kernel_says kernel
  module modules/core.ko
  headers=$kernels/stock module modules/camera.ko
  headers=$kernels/stock module modules/lens.ko
  vermagic=$(modinfo -F vermagic modules/core.ko) stray=$(modinfo -F vermagic modules/lens.ko)
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
  refuses E0701 recipe.lua 'mods, kernel' "2 modules are built for \`$stray\`, but this kernel is \`$vermagic\`: " '`camera.ko.zst`' '`lens.ko.gz`'
  rm modules/camera.ko.zst modules/lens.ko.gz
  module modules/camera.ko
  xz modules/camera.ko
  runs
  gives 'built again it is delivered' test -e out/camera.ko.xz
}
