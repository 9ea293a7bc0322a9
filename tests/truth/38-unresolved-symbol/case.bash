# 38: a symbol that nobody exports
#
# The driver uses a function that this kernel has and does not export, and the vendor's build takes what modpost says of it for a warning, as with
# symbols of modules that come from elsewhere. The module links; what is missing is said by the kernel that loads it.
# shellcheck disable=SC2016  # jkr's own words have backquotes
# shellcheck source=tests/truth/modules.bash
. "$TRUTH/modules.bash"

prepare() {
  kernel_says kernel
  KBUILD_MODPOST_WARN=1 module modules/standby.ko uses:dpm_suspend
}

plain() {
  mkdir -p "root/lib/modules/$(release)"
  cp modules/standby.ko "root/lib/modules/$(release)"
  indexed root
  shows 'depmod: exit 0 and no word of it' test ! -s words
}

ours() {
  refuses E0705 recipe.lua 'mods, kernel' '1 symbol is exported by nobody: `dpm_suspend` (standby)' 'there is `pm_suspend`'
  module modules/standby.ko uses:pm_suspend
  runs
  gives 'with the one that it proposes it is delivered' test -e out/standby.ko
}
