#!/bin/bash
# bats.sh: runs tests from outside and says how many went well.
#
# usage: JKR=build/jkr tests/bats.sh NAME FILE|FOLDER…
set -u
name=$1
shift
log=$(mktemp)
trap 'rm -f "$log"' EXIT

bats --tap "$@" </dev/null 2>&1 | tee "$log"
passed=$(grep -c '^ok ' "$log")
skipped=$(grep -c '^ok .*# skip' "$log")
failed=$(grep -c '^not ok ' "$log")
planned=$(sed -n 's/^1\.\.//p' "$log" | tail -1)
# a file that bats could not read, or a test that ended bats, fails as well
[ $((passed + failed)) = "${planned:-0}" ] && [ "${planned:-0}" != 0 ] || failed=$((failed + 1))
grep '^not ok ' "$log" | sed 's/^not ok [0-9]* /failed: /'
[ "$skipped" = 0 ] || echo "$name: $skipped skipped"
echo "$name: $((passed - skipped)) passed, $failed failed"
[ "$failed" = 0 ]
