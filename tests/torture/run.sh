#!/bin/bash
# run.sh: breaks what can be broken, and prints a table of counts.
#
# usage: JKR=build/jkr tests/torture/run.sh [NAME…]      all of tests/torture/*.sh, or only those named
#
# TORTURE=small (make check) runs a share of each, TORTURE=full (make torture) all of it. A script says
# what it did in lines `torture NAME: N cases, F failed` (a text in brackets may follow), or
# `torture NAME: skipped (WHY)` where the machine cannot, and keeps what it needs below $WORK, a folder of its
# own. Its exit status counts as well. The shares run beside each other, one on each processor, but for $alone; in full
# each has the machine, unless LANES says otherwise.
set -u
alone="crowd docker sandbox signals swap wild"
cd "$(dirname "$0")/../.." || exit 1
JKR=$(realpath "${JKR:-build/jkr}")
TORTURE=${TORTURE:-full}
export JKR TORTURE
lanes=${LANES:-1}
[ "$TORTURE" = full ] || lanes=${LANES:-$(nproc)}
work=$(mktemp -d "${TMPDIR:-/tmp}/jkr-torture.XXXXXX")
chmod 711 "$work" # other users are tried as well
# a probe may have left folders without permissions
trap 'chmod -R u+rwx "$work" 2>/dev/null; rm -rf "$work"' EXIT

names=("$@")
[ $# -gt 0 ] || for script in tests/torture/[a-z]*.sh; do
  [ "$script" = tests/torture/run.sh ] || names+=("$(basename "$script" .sh)")
done

# try NAME: its log, status and seconds stay in the folder
try() {
  local begun=$SECONDS
  export WORK="$work/$1"
  mkdir -p "$WORK"
  bash "tests/torture/$1.sh" </dev/null >"$work/$1.running" 2>&1
  echo "$? $((SECONDS - begun))" >"$work/$1.ended"
  flock "$work" cat "$work/$1.running"
  mv "$work/$1.running" "$work/$1.log"
}

for name in ${names[@]+"${names[@]}"}; do
  while [ "$(jobs -rp | wc -l)" -ge "$lanes" ]; do wait -n; done
  # what fills the machine, or counts seconds, has it alone
  case " $alone " in *" $name "*)
    wait
    try "$name"
    ;;
  *) try "$name" & ;;
  esac
done
wait

passed=0 failed=0 table=() sad=()
for name in ${names[@]+"${names[@]}"}; do
  read -r status took <"$work/$name.ended"
  counted=0 broken=0
  while read -r _ what cases _ bad _ rest; do
    table+=("$(printf '%-28s %8d %8d  %5d s %s' "${what%:}" "$cases" "$bad" "$took" "$rest")")
    counted=$((counted + cases)) broken=$((broken + bad))
  done < <(grep -E '^torture [^:]+: [0-9]+ cases, [0-9]+ failed' "$work/$name.log")
  while read -r _ what rest; do
    table+=("$(printf '%-28s %8s %8s  %5d s %s' "${what%:}" - - "$took" "$rest")")
  done < <(grep -E '^torture [^:]+: skipped \(' "$work/$name.log")
  grep -qE '^torture [^:]+: skipped \(' "$work/$name.log" && [ "$status" = 0 ] && [ "$counted" = 0 ] && continue
  # a script that counted nothing, or failed without saying what, fails as one case
  if [ "$broken" = 0 ] && { [ "$status" != 0 ] || [ "$counted" = 0 ]; }; then
    table+=("$(printf '%-28s %8d %8d  %5d s (exit status %d)' "$name" 1 1 "$took" "$status")")
    counted=$((counted + 1)) broken=1
  fi
  [ "$broken" = 0 ] || sad+=("$name")
  passed=$((passed + counted - broken)) failed=$((failed + broken))
done

printf '\n%-28s %8s %8s  %7s\n' torture cases failed took
printf '%s\n' ${table[@]+"${table[@]}"}
# what a failed script said, again: above it are the words of all others
for name in ${sad[@]+"${sad[@]}"}; do
  echo "# $name said:"
  grep -v '^torture ' "$work/$name.log" | tail -40 | cut -c1-1000
done
echo "torture: $passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
