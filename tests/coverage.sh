#!/bin/bash
# coverage.sh: which lines of the store, the runner and the loader the tests reach; fails below 90 % of a folder.
#
# usage: tests/coverage.sh [FOLDER…]     after `make COV=1`; FOLDER such as store, all three without
#
# Whether a test goes well is not judged here: this build is without some walls (tests/cover.c).
set -u
cd "$(dirname "$0")/.." || exit 1
build=build/cov
folders=("$@")
[ $# -gt 0 ] || folders=(store run lua)
type -P gcovr >/dev/null || { echo "coverage: gcovr is not on this machine: interp/deps.sh torture" >&2; exit 1; }

find "$build" -name '*.gcda' -delete
mapfile -t units < <(find "$build/unit" -name 'test_*' ! -name '*.*')
tests/unit/run.sh "${units[@]}" | tail -1
tests/errors/run.sh "$build/jkr" | tail -1
tests/golden/run.sh "$build/jkr" | tail -1
JKR=$PWD/$build/jkr tests/bats.sh e2e tests/e2e/{tiny,crash,cli,store,keys,progress,containers,shell,client,fetch}.bats | tail -1

failed=0
for folder in "${folders[@]}"; do
  table=$(gcovr --root . --filter "interp/$folder/" --object-directory "$build" --gcov-ignore-errors=no_working_dir_found "$build" 2>/dev/null || \
    gcovr --root . --filter "interp/$folder/" --object-directory "$build" "$build")
  grep -E '^(interp|TOTAL)' <<<"$table" | cut -c1-65
  percent=$(sed -n 's/^TOTAL.* \([0-9]*\)%.*/\1/p' <<<"$table")
  echo "coverage: interp/$folder ${percent:-0} % of lines"
  [ "${percent:-0}" -ge 90 ] || failed=1
done
[ "$failed" = 0 ] && echo "coverage: 1 passed, 0 failed" || echo "coverage: 0 passed, 1 failed"
exit "$failed"
