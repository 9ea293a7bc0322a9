# 3: a value that `select` overrides
#
# Another symbol selects it, so it is on, whatever .config says.

plain() {
  configured
  echo '# CONFIG_DEBUG_KERNEL is not set' >>o/.config
  kmake olddefconfig
  shows 'make olddefconfig: exit 0; DEBUG_KERNEL is on again' grep -qx CONFIG_DEBUG_KERNEL=y o/.config
}

ours() {
  refuses E0203 recipe.lua 'DEBUG_KERNEL = n' 'wanted n, got y: selected by EXPERT'
  mend recipe.lua 'DEBUG_KERNEL = n' 'EXPERT = n, DEBUG_KERNEL = n'
  runs
  gives 'without what selects it, it is off' no grep -q CONFIG_DEBUG_KERNEL=y out/.config
}
