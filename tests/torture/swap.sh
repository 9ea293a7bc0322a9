#!/bin/bash
# swap.sh: a hostile process swaps files, links and folders where jkr works; nothing outside changes.
#
# usage: swap.sh         tests/torture/run.sh gives JKR, WORK and TORTURE; swap.py says what is done
set -u
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck disable=SC2153
mkdir -p "$WORK/project" && cd "$WORK/project" || exit 1
cc -O1 -o "$WORK/swap" "$here/swap.c" || exit 1

# folders three deep; the canary has files of the same names
for a in a b c; do for b in d e f; do
  mkdir -p "src/$a/$b" && for i in 1 2 3 4; do printf 'one\ntwo\nthree\n' >"src/$a/$b/$i"; done
done; done
ln -s a src/link
tar -cf src.tar src
mkdir -p patches folder
for a in a b c; do for b in d e f; do
  printf '%s\n' "--- a/$a/$b/1" "+++ b/$a/$b/1" '@@ -1,3 +1,3 @@' ' one' -two +TWO ' three'
  printf '%s\n' "--- /dev/null" "+++ b/$a/$b/new" '@@ -0,0 +1 @@' +new
done; done >patches/fix.patch
cp -a src/. folder/
cat >swap.lua <<'LUA'
local n    = option.string { "n", "1" }
local src  = untar "src" { "src.tar", strip = 1 }
local fix  = patch "fix" { on = src, "patches/fix.patch" }
local more = write "more" { on = fix, path = "a/d/" .. n, text = n }
local gone = edit "gone" { on = more, "b/e/2", find = "two", replace = "deux" }
return bundle "all" { gone, copy { "folder", into = "in" } }
LUA
exec python3 "$here/swap.py"
