# 10: configured with another compiler than built
#
# .config was made on the desk, with the distribution's compiler; the build uses the vendor's. Kbuild notices, and configures again by itself.

plain() {
  configured
  echo CONFIG_ZERO_CALL_USED_REGS=y >>o/.config
  kmake olddefconfig
  grep -qx CONFIG_ZERO_CALL_USED_REGS=y o/.config
  kmake CC="$PWD/vendor-gcc" include/config/auto.conf </dev/null
  shows 'make CC=vendor-gcc: exit 0; the symbol that was there is gone' no grep -q ZERO_CALL_USED_REGS=y o/.config
}

ours() {
  refuses E0209 recipe.lua 'make_in_container "built"' 'CONFIG_CC_VERSION_TEXT'
  mend recipe.lua ', CC = "/jkr/src/scripts/vendor-gcc"' ''
  runs
  gives 'with one compiler the symbol is there' grep -qx CONFIG_ZERO_CALL_USED_REGS=y out/.config
}
