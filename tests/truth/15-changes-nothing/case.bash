# 15: a patch that changes nothing
#
# `git diff >fix.patch` was called again after the commit: the file is there, and empty. Or an editor took the change out of a hunk.

prepare() { : >empty.patch; }

plain() {
  patch -p1 <empty.patch
  patch -p1 <same.patch
  shows 'patch: exit 0 for the empty one, and for the one whose lines are equal; no fix is in' grep -q 'RETRIES 3' limits.h
}

ours() {
  refuses E0507 recipe.lua same.patch 'patch `same.patch` changes nothing'
  mend recipe.lua 'same.patch' 'empty.patch'
  refuses E0507 recipe.lua empty.patch
}
