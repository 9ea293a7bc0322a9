#!/bin/bash
# check.sh: runs the goals of `make check`, all of them, and ends with one line that counts their tests.
#
# usage: tests/check.sh GOAL…            the whole output is in build/check.log
#
# `GOAL&` runs beside the goals behind it, and is waited for at `wait` or at the end: it fills the time in which their tests wait for
# programs. What it says is shown when it has ended. `wait` stands before goals in which seconds count.
set -u -o pipefail
cd "$(dirname "$0")/.." || exit 1
log=build/check.log
mkdir -p build
: >"$log"
broken=0 bad=() times=() said=() beside=()

# ended GOAL STATUS SECONDS: what it said goes into the log; its end once more at the end of all, where it failed
ended() {
  if [ "$2" != 0 ]; then
    bad+=("$1")
    said+=("# $1 ended with"$'\n'"$(tail -30 "$log.$1" | cut -c1-1000)"$'\n')
    # a goal that failed without counting a failed test: it did not build, or did not start
    grep -qE '^[a-z0-9 -]+: [0-9]+ passed, [1-9][0-9]* failed$' "$log.$1" || broken=$((broken + 1))
  fi
  cat "$log.$1" >>"$log"
  rm -f "$log.$1"
  times+=("$1 $3 s")
}

run() {
  local begun=$SECONDS status=0
  make --no-print-directory "$1" 2>&1 | tee "$log.$1" || status=1
  ended "$1" "$status" $((SECONDS - begun))
}

run_beside() {
  (
    begun=$SECONDS status=0
    make --no-print-directory "$1" >"$log.$1" 2>&1 || status=1
    echo "$status $((SECONDS - begun))" >"$log.$1.ended"
  ) &
  beside+=("$1")
}

wait_for_all() {
  local goal status took
  wait
  for goal in ${beside[@]+"${beside[@]}"}; do
    status=1 took=0
    read -r status took <"$log.$goal.ended"
    rm -f "$log.$goal.ended"
    cat "$log.$goal"
    ended "$goal" "$status" "$took"
  done
  beside=()
}

for goal; do
  case $goal in
  wait) wait_for_all ;;
  *'&') run_beside "${goal%&}" ;;
  *) run "$goal" ;;
  esac
done
wait_for_all

printf 'took: %s\n' "$(printf '%s, ' "${times[@]}" | sed 's/, $//')"
[ ${#bad[@]} = 0 ] || printf '%s' "${said[@]}"
[ ${#bad[@]} = 0 ] || printf 'goals that failed: %s\n' "${bad[*]}"
sed -nE 's/^[a-z0-9 -]+: ([0-9]+) passed, ([0-9]+) failed$/\1 \2/p' "$log" |
  awk -v broken=$broken '{ p += $1; f += $2 } END { printf "%d passed, %d failed\n", p, f + broken }'
[ ${#bad[@]} = 0 ]
