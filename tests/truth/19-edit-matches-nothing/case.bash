# 19: an edit that matches nothing
#
# The file was reformatted: a blank became a tab. sed's exit status does not tell whether it found anything.

plain() {
  sed -i 's/#define RETRIES 3/#define RETRIES 9/' limits.h
  shows 'sed: exit 0; nothing is changed' grep -q 'RETRIES	3' limits.h
}

ours() {
  refuses E0561 recipe.lua 'find = ' '`limits.h` does not hold `#define RETRIES 3`'
  mend limits.h 'RETRIES	3' 'RETRIES 3'
  runs
  gives 'where it is, it is changed' grep -qx '#define RETRIES 9' out/limits.h
}
