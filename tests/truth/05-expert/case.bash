# 5: EXPERT switches on what nobody asked for
#
# It selects one symbol and opens the defaults of others. Which they were is in the difference of two files of 1,000 lines, if somebody kept the first.

plain() {
  configured
  kmake allnoconfig
  cp o/.config before.config
  echo CONFIG_EXPERT=y >>o/.config
  kmake olddefconfig
  shows 'make olddefconfig: exit 0, no word; 7 symbols more are y' [ "$(grep '=y$' o/.config | grep -cvxFf before.config)" = 8 ]
}

ours() {
  runs
  gives 'the run says: 7 config symbols nobody asked for are not as in the base, with their names' \
    grep -q '7 config symbols nobody asked for are not as in the base: .*DEBUG_KERNEL y' said
}
