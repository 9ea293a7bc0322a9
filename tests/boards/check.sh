#!/usr/bin/env bash
# check.sh: `make check-boards`: makes the look-alike of R36.4.3 and runs the tests of tests/boards on it.
#
# usage: JKR=build/jkr tests/boards/check.sh [NAME …]      NAME of tests/boards/NAME.bats; all when none is named
#   env: ONLY, as for tests/bats.sh: those of that name, on what the tests before them left
#
#   build/boards/bsp     what bsp/make.sh wrote; made again only when its sources changed
#   build/boards/shell   what shell.sh built of it
#   build/boards/store   what the recipes built of it
#   build/boards/kernels*  project, store and results of kernels.bats
#   build/boards/took    seconds of each phase, of both
set -u
here=$(cd "$(dirname "$0")" && pwd)
: "${JKR:?the program under test}"
export BOARDS=${BOARDS:-$here/../../build/boards}
mkdir -p "$BOARDS" && BOARDS=$(cd "$BOARDS" && pwd) || exit 1
export BSP_CACHE=${BSP_CACHE:-$BOARDS/cache}

[ $# -gt 0 ] || set -- quick shape shell recipes guest user menu symbols twice host combinations compilers kernels

bsp=
for name; do case $name in host | combinations | compilers | kernels) ;; *) bsp=1 ;; esac; done
if [ -n "$bsp" ] && ! "$here/bsp/ready.sh" "$BOARDS/bsp"; then
  echo "boards: 0 passed, 1 failed"
  exit 1
fi

files=()
for name; do files+=("$here/$name.bats"); done
export LANES=1 # a file goes on from what the one before made
exec "$here/../bats.sh" boards "${files[@]}"
