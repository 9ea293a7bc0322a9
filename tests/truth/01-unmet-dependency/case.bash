# 1: a symbol whose dependency is unmet
#
# The script appends a line to .config and lets Kconfig make the rest. Kconfig drops what it cannot have, and make goes on.

plain() {
  configured
  echo CONFIG_TCP_CONG_BBR=m >>o/.config
  kmake olddefconfig
  shows 'make olddefconfig: exit 0, and no word of it; the symbol is gone' no grep TCP_CONG_BBR o/.config
}

ours() {
  refuses E0203 recipe.lua 'TCP_CONG_BBR = m' 'wanted m, got unset: depends on NET, INET and TCP_CONG_ADVANCED, which are n' \
    'add NET = y, INET = y and TCP_CONG_ADVANCED = y'
  mend recipe.lua 'TCP_CONG_BBR = m' 'NET = y, INET = y, TCP_CONG_ADVANCED = y, TCP_CONG_BBR = m'
  runs
  gives 'with the fix that it proposes the symbol is m' grep -qx CONFIG_TCP_CONG_BBR=m out/.config
}
