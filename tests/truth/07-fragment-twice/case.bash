# 7: a fragment that sets one symbol twice, differently
#
# Two people appended to it.

plain() {
  configured
  cat board.config >>o/.config
  kmake olddefconfig
  shows 'make olddefconfig: exit 0, a warning about line numbers of .config; the last line holds' grep -qx CONFIG_SMP=y o/.config
}

ours() {
  refuses E0202 board.config CONFIG_SMP=y '`CONFIG_SMP` is set to `n` at line 3 and to `y` at line 6'
  mend board.config 'CONFIG_SMP=y
' ''
  runs
  gives 'with one line, it is as that says' grep -qx '# CONFIG_SMP is not set' out/.config
}
