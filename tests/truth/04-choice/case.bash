# 4: two members of a choice
#
# A fragment of the board says one, one of the product the other.

plain() {
  configured
  printf '%s\n' CONFIG_PREEMPT=y CONFIG_PREEMPT_VOLUNTARY=y >>o/.config
  kmake olddefconfig
  shows 'make olddefconfig: exit 0; the last one has it, PREEMPT is off' grep -qx '# CONFIG_PREEMPT is not set' o/.config
}

ours() {
  refuses E0203 recipe.lua 'PREEMPT = y' 'went to PREEMPT_VOLUNTARY' '`PREEMPT_VOLUNTARY` is asked for as well'
  mend recipe.lua '    PREEMPT_VOLUNTARY = y,
' ''
  runs
  gives 'with one of them, it is that one' grep -qx CONFIG_PREEMPT=y out/.config
}
