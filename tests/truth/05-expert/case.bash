# 5: EXPERT switches on what nobody asked for
#
# It selects one symbol and opens the defaults of others. Which they were is in the difference of two files of 1,000 lines, if somebody kept the first.

# by_hand: the base in before.config, and what becomes of it with EXPERT in o/.config
by_hand() {
  configured
  kmake allnoconfig
  cp o/.config before.config
  echo CONFIG_EXPERT=y >>o/.config
  kmake olddefconfig
}

plain() {
  by_hand
  shows 'make olddefconfig: exit 0, no word; 7 symbols more are y' [ "$(grep '=y$' o/.config | grep -cvxFf before.config)" = 8 ]
}

# came: by plain `diff`, each symbol but EXPERT that has another value, with it; one that is off and one that is not there are equal
came() {
  { diff before.config out/.config || :; } | sed -nE 's/^([<>]) CONFIG_([A-Z0-9_]+)=(.*)/\1 \2 \3/p' |
    awk '$1 == "<" { had[$2] } $1 == ">" { has[$2] = $3 } END { for (s in had) if (!(s in has)) print s, "n"; for (s in has) print s, has[s] }' |
    sed '/^EXPERT /d' | sort
}

# told: what the run says of them, one a line
told() { sed -n 's/.*nobody asked for are not as in the base: //p' said | sed 's/, /\n/g' | sort; }

ours() {
  by_hand
  runs
  cmp o/.config out/.config
  [ "$(came | wc -l)" = 7 ]
  diff <(came) <(told)
  gives 'the run says: 7 config symbols nobody asked for are not as in the base, with their names: those of `diff`, all of them' \
    grep -q '7 config symbols nobody asked for are not as in the base: .*DEBUG_KERNEL y' said
}
