#!/bin/bash
# bats.sh: runs tests from outside, three files on two processors, and says how many went well.
#
# usage: JKR=build/jkr [LANES=1] [ONLY=PATTERN] tests/bats.sh NAME FILE|FOLDER…      ONLY: the tests whose name it matches
#
# What a file says is shown when it has ended. Most of a test's time is waiting for programs. Files share nothing:
# their folders, stores and ports are their own.
set -u
name=$1
shift
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
lanes=${LANES:-$((($(nproc) * 3 + 1) / 2))}

files=()
for arg; do
  if [ -d "$arg" ]; then files+=("$arg"/*.bats); else files+=("$arg"); fi
done

# one FILE: a file that bats could not read, or a test that ended bats, counts as a failed test
one() {
  local log=$logs/${1//\//_} planned
  bats --tap ${ONLY:+-f "$ONLY"} "$1" </dev/null >"$log.running" 2>&1
  planned=$(sed -n 's/^1\.\.//p' "$log.running" | tail -1)
  if [ "${planned:-0}" = 0 ] || [ "$(grep -cE '^(not )?ok ' "$log.running")" != "$planned" ]; then
    echo "not ok 0 $1 did not come to its end" >>"$log.running"
  fi
  flock "$logs" sed "1i # $1" "$log.running"
  mv "$log.running" "$log"
}

for file in ${files[@]+"${files[@]}"}; do
  while [ "$(jobs -rp | wc -l)" -ge "$lanes" ]; do wait -n; done
  one "$file" &
done
wait

count() { cat "$logs"/* 2>/dev/null | grep -cE "$1"; }
skipped=$(count '^ok .*# skip') failed=$(count '^not ok ') passed=$(count '^ok ')
[ $((passed + failed)) != 0 ] || failed=1
cat "$logs"/* 2>/dev/null | sed -n 's/^not ok [0-9]* /failed: /p'
[ "$skipped" = 0 ] || echo "$name: $skipped skipped"
echo "$name: $((passed - skipped)) passed, $failed failed"
[ "$failed" = 0 ]
