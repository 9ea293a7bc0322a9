# 9: a text that is replaced by its default
#
# It lacks its quotes, or it depends on something: Kconfig keeps its own default.

plain() {
  configured
  cat board.config >>o/.config
  echo 'CONFIG_CMDLINE="console=ttyS0"' >>o/.config
  kmake olddefconfig
  shows 'make olddefconfig: exit 0; the host name is "(none)"' grep -qx 'CONFIG_DEFAULT_HOSTNAME="(none)"' o/.config
  shows 'and there is no command line' no grep -q CONFIG_CMDLINE= o/.config
}

ours() {
  refuses E0201 board.config 'CONFIG_DEFAULT_HOSTNAME=board' 'it is none of y, m, n, a number or a text in quotes'
  mend board.config =board '="board"'
  refuses E0203 recipe.lua 'CMDLINE = ' 'depends on CMDLINE_BOOL, which is n' 'add CMDLINE_BOOL = y'
  mend recipe.lua '    CMDLINE = ' '    CMDLINE_BOOL = y, CMDLINE = '
  runs
  gives 'with quotes, and with what it proposes, both are as asked' \
    sh -c 'grep -qx "CONFIG_DEFAULT_HOSTNAME=\"board\"" out/.config && grep -qx "CONFIG_CMDLINE=\"console=ttyS0\"" out/.config'
}
