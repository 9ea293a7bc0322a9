# 16: CR LF
#
# The vendor's file has CR LF, the patch lost its CRs in a mail. What people do when patch says "different line endings" is to ignore blanks.

prepare() { printf '#!/bin/sh\r\nretries=3\r\nexec link "$retries"\r\n' >start.sh; }

plain() {
  git init -q
  git apply --ignore-whitespace fix.patch
  shows 'git apply --ignore-whitespace: exit 0; the file now has both line ends' \
    sh -c '[ "$(grep -c "$(printf "\r")" start.sh)" = 2 ] && [ "$(wc -l <start.sh)" = 3 ]'
}

ours() {
  refuses E0510 recipe.lua fix.patch 'this line ends in LF, that of `start.sh` in CR LF'
  sed -i 's/\r//' start.sh
  runs
  gives 'on a file with LF it goes in' grep -qx retries=9 out/start.sh
}
