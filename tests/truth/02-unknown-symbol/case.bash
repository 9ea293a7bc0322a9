# 2: a symbol that does not exist
#
# A letter is missing, or the symbol was renamed two releases ago.

plain() {
  configured
  echo CONFIG_PREMPT=y >>o/.config
  kmake olddefconfig
  shows 'make olddefconfig: exit 0, no word; PREEMPT is off' grep -qx '# CONFIG_PREEMPT is not set' o/.config
}

ours() {
  refuses E0203 recipe.lua 'PREMPT = y' 'no such symbol' 'did you mean `PREEMPT`?'
  mend recipe.lua PREMPT PREEMPT
  runs
  gives 'with that name it is on' grep -qx CONFIG_PREEMPT=y out/.config
}
