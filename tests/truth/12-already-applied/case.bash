# 12: a patch that is applied already
#
# The tree came with the fix, or the script ran twice. With --batch, which scripts need so that nobody is asked, patch takes an applied
# patch back.

plain() {
  patch -p1 --batch <fix.patch
  shows 'patch --batch: exit 0; it assumed -R and took the fix out' grep -q 'RETRIES 3' limits.h
}

ours() {
  refuses E0503 recipe.lua fix.patch 'already applied'
  mend limits.h 'RETRIES 9' 'RETRIES 3'
  runs
  gives 'where it is not yet, it goes in' grep -q 'RETRIES 9' out/limits.h
}
