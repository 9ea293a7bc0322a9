#!/usr/bin/env bash
# check.sh: `make check-boards`: makes the look-alike of R36.4.3 and runs the tests of tests/boards on it.
#
# usage: JKR=build/jkr tests/boards/check.sh [NAME …]      NAME of tests/boards/NAME.bats; quick, shape, shell when none is named
# `symbols` and `recipes` run only when they are named: the second needs recipes/orin-nx-rt.lua.
#
#   build/boards/bsp     what bsp/make.sh wrote; made again only when its sources changed
#   build/boards/shell   what shell.sh built of it
#   build/boards/took    seconds of each phase
set -u
here=$(cd "$(dirname "$0")" && pwd)
: "${JKR:?the program under test}"
export BOARDS=${BOARDS:-$here/../../build/boards}
mkdir -p "$BOARDS" && BOARDS=$(cd "$BOARDS" && pwd) || exit 1
export BSP_CACHE=${BSP_CACHE:-$BOARDS/cache}

[ $# -gt 0 ] || set -- quick shape shell host

# the sources' hash tells whether the archives are theirs
sources=$(cd "$here/bsp" && find . -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum | cut -d ' ' -f 1)
if [ "$*" != host ] && [ "$(cat "$BOARDS/bsp/.sources" 2>/dev/null)" != "$sources" ]; then
  "$here/bsp/make.sh" "$BOARDS/bsp" || {
    echo "boards: 0 passed, 1 failed"
    exit 1
  }
  echo "$sources" >"$BOARDS/bsp/.sources"
fi

files=()
for name; do files+=("$here/$name.bats"); done
exec "$here/../bats.sh" boards "${files[@]}"
