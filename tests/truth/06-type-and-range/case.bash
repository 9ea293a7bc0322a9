# 6: a value of the wrong type, or out of range
#
# Kconfig takes the nearest number that it likes, or the default.

plain() {
  configured
  printf '%s\n' CONFIG_PRINTK=y CONFIG_LOG_BUF_SHIFT=99 >>o/.config
  kmake olddefconfig
  shows 'make olddefconfig: exit 0; 99 became 25 without a word' grep -qx CONFIG_LOG_BUF_SHIFT=25 o/.config
  sed -i s/LOG_BUF_SHIFT=25/LOG_BUF_SHIFT=y/ o/.config
  kmake olddefconfig
  shows 'and y, with a warning, the default 17' grep -qx CONFIG_LOG_BUF_SHIFT=17 o/.config
}

ours() {
  refuses E0203 recipe.lua 'LOG_BUF_SHIFT = ' 'wanted 99, got 25: its range is 12 to 25'
  mend recipe.lua 'LOG_BUF_SHIFT = 99' 'LOG_BUF_SHIFT = y'
  refuses E0203 recipe.lua 'LOG_BUF_SHIFT = ' 'it is of type integer'
  mend recipe.lua 'LOG_BUF_SHIFT = y' 'LOG_BUF_SHIFT = 20'
  runs
  gives 'a number in range is taken' grep -qx CONFIG_LOG_BUF_SHIFT=20 out/.config
}
