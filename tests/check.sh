#!/bin/bash
# check.sh: runs the goals of `make check`, all of them, and ends with one line that counts their tests.
#
# usage: tests/check.sh GOAL…            the whole output is in build/check.log
set -u -o pipefail
cd "$(dirname "$0")/.." || exit 1
log=build/check.log
mkdir -p build
: >"$log"
broken=0 bad=() times=() said=

for goal; do
  begun=$SECONDS
  if ! make --no-print-directory "$goal" 2>&1 | tee "$log.goal"; then
    bad+=("$goal")
    said+="# $goal ended with"$'\n'"$(tail -30 "$log.goal" | cut -c1-1000)"$'\n'
    # a goal that failed without counting a failed test: it did not build, or did not start
    grep -qE '^[a-z0-9 -]+: [0-9]+ passed, [1-9][0-9]* failed$' "$log.goal" || broken=$((broken + 1))
  fi
  cat "$log.goal" >>"$log"
  times+=("$goal $((SECONDS - begun)) s")
done
rm -f "$log.goal"

printf 'took: %s\n' "$(printf '%s, ' "${times[@]}" | sed 's/, $//')"
[ ${#bad[@]} = 0 ] || printf '%sgoals that failed: %s\n' "$said" "${bad[*]}"
sed -nE 's/^[a-z0-9 -]+: ([0-9]+) passed, ([0-9]+) failed$/\1 \2/p' "$log" |
  awk -v broken=$broken '{ p += $1; f += $2 } END { printf "%d passed, %d failed\n", p, f + broken }'
[ ${#bad[@]} = 0 ]
