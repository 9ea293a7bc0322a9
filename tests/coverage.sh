#!/bin/bash
# coverage.sh: which lines of the store, the runner and the loader the tests reach; fails below 90 % of a folder.
#
# usage: tests/coverage.sh [FOLDER…]     after `make COV=1`; FOLDER such as lua, all three without
#
# Whether a test goes well is not judged here: this build is without some walls (tests/cover.c). Some four minutes
# on two processors, one for the loader alone.
set -u
cd "$(dirname "$0")/.." || exit 1
build=build/cov
folders=("$@")
[ $# -gt 0 ] || folders=(store run lua)
type -P gcovr >/dev/null || { echo "coverage: gcovr is not on this machine: interp/deps.sh torture" >&2; exit 1; }

# what reaches a folder from outside, besides units, pairs and golden logs; a file that adds nothing is left out
declare -A outside=(
  [lua]="tiny cli kept"
  [store]="tiny cli store crash kept"
  [run]="tiny store crash keys progress containers shell client fetch folders manifest"
)
bats=()
for folder in "${folders[@]}"; do
  [ -d "interp/$folder" ] || { echo "coverage: there is no folder interp/$folder" >&2; exit 2; }
  for name in ${outside[$folder]:-tiny cli}; do
    [[ " ${bats[*]-} " == *" tests/e2e/$name.bats "* ]] || bats+=("tests/e2e/$name.bats")
  done
done

find "$build" -name '*.gcda' -delete
mapfile -t units < <(find "$build/unit" -name 'test_*' ! -name '*.*')
# counts are added under a lock of their file, so two lanes may run side by side
{
  tests/unit/run.sh "${units[@]}" | tail -1
  tests/errors/run.sh "$build/jkr" | tail -1
  tests/golden/run.sh "$build/jkr" | tail -1
} &
JKR=$PWD/$build/jkr tests/bats.sh e2e "${bats[@]}" | tail -1
wait

failed=0
for folder in "${folders[@]}"; do
  table=$(gcovr -j "$(nproc)" --root . --filter "interp/$folder/" --object-directory "$build" "$build" 2>"$build/gcovr.log") ||
    { cat "$build/gcovr.log"; failed=1; }
  grep -E '^(interp|TOTAL)' <<<"$table" | cut -c1-65
  percent=$(sed -n 's/^TOTAL.* \([0-9]*\)%.*/\1/p' <<<"$table")
  echo "coverage: interp/$folder ${percent:-0} % of lines"
  [ "${percent:-0}" -ge 90 ] || failed=1
done
[ "$failed" = 0 ] && echo "coverage: 1 passed, 0 failed" || echo "coverage: 0 passed, 1 failed"
exit "$failed"
