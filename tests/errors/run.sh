#!/bin/bash
# run.sh: every message has a pair: an input, and beside it NAME.err, the exact text on stderr.
#
# usage: tests/errors/run.sh JKR [NAME…]      UPDATE=1 rewrites the texts; read the difference as code
#
# The input is NAME.lua, NAME.sh, or both. First lines may say how jkr is run (in NAME.sh they begin with `# `):
#   -- run: plan NAME.lua -D rt=maybe         default: check NAME.lua
#   -- exit: 3                                default: 2
# A recipe alone runs in the folder of the pairs. NAME.sh is read by the shell in a scratch folder, with NAME.lua
# in it, before jkr runs there: it makes files, sets variables (`stdout` is where jkr's goes), starts servers, or
# puts another function into the place of `jkr`. helper.sh has what several of them need. The pairs are dealt to as many
# lanes as there are processors; those of a lane share one store, in which `run` of a mistake leaves no result; who damages
# it sets JKR_STORE.
set -u

# lane I OF JKR NAME…: every OF-th of the names, from the I-th on, in a scratch folder and an environment of its own
lane() {
  local i=$1 of=$2 jkr=$3 scratch
  shift 3
  scratch=$(mktemp -d) || exit 1 # else it would start itself for ever on a full disk
  local names=("$@") mine=()
  for (( ; i < $#; i += of)); do mine+=("${names[i]}"); done
  [ ${#mine[@]} = 0 ] || env -i SCRATCH="$scratch" PATH="$PATH" UPDATE="${UPDATE:-}" /bin/bash "$0" "$jkr" "${mine[@]}"
}

if [ -z "${SCRATCH:-}" ]; then
  here=$(dirname "$0") lanes=$(nproc)
  if [ $# = 1 ]; then
    mapfile -t all < <(cd "$here" && printf '%s\n' *.lua *.sh | sed -E '/^(run|coverage|helper)\.sh$/d; s,\.(lua|sh)$,,' | sort -u)
    set -- "$1" "${all[@]}"
  fi
  logs=$(mktemp -d) || exit 1
  trap 'rm -rf "$logs"' EXIT
  for ((i = 0; i < lanes; i++)); do lane "$i" "$lanes" "$@" >"$logs/$i" 2>&1 & done
  wait
  sed -n '/^errors: [0-9]* passed/!p' "$logs"/*
  counts=$(sed -nE 's/^errors: ([0-9]+) passed, ([0-9]+) failed$/\1 \2/p' "$logs"/*)
  # a pair that neither passed nor failed: its lane ended before
  awk -v all=$(($# - 1)) '{ p += $1; f += $2 } END { f += all - p - f; printf "errors: %d passed, %d failed\n", p, f; exit (f > 0) }' <<<"$counts"
  exit
fi
trap 'chmod -R u+rwx "$SCRATCH"; rm -rf "$SCRATCH"' EXIT
jkr=$(realpath "$1")
shift
cd "$(dirname "$0")" || exit 1
pairs=$PWD top=$(realpath ../..)
export HOME=$SCRATCH JKR_STORE=$SCRATCH/store NO_COLOR=1
passed=0 failed=0

jkr() { "$jkr" "$@"; }
. "$pairs/helper.sh"

header() { sed -sEn "1,6s/^(--|#) $2: //p" "$1.lua" "$1.sh" 2>/dev/null | head -1; }

# What differs from run to run and from machine to machine: folders, ports, times, process ids.
normalise() {
  sed -E "s,$SCRATCH/$1,SCRATCH,g; s,$SCRATCH,STORE,g; s,$top,TOP,g; s,(127\.0\.0\.1):[0-9]+,\1:PORT,g
    s,-[0-9]{8}-[0-9]{6}-[0-9]+\.log,-TIME-PID.log,g; s,imports/[0-9a-f]{64}/,imports/ID/,g"
}

run_jkr() {
  local stdout=/dev/null
  if [ -e "$1.sh" ]; then
    mkdir "$SCRATCH/$1"
    [ ! -e "$1.lua" ] || cp "$1.lua" "$SCRATCH/$1"
    cd "$SCRATCH/$1" || exit 1
    trap 'kill $(jobs -p) 2>/dev/null' EXIT
    # shellcheck source=/dev/null
    . "$pairs/$1.sh" >"$SCRATCH/setup" 2>&1
  fi
  # shellcheck disable=SC2086
  jkr ${2:-check $1.lua} >"$stdout" 2>"$SCRATCH/stderr" </dev/null
}

one() {
  local name=$1 want status
  want=$(header "$name" exit)
  : >"$SCRATCH/setup"
  (run_jkr "$name" "$(header "$name" run)")
  status=$?
  normalise "$name" <"$SCRATCH/stderr" >"$SCRATCH/got"
  if [ -n "$UPDATE" ]; then
    cp "$SCRATCH/got" "$name.err"
  fi
  if [ "$status" != "${want:-2}" ]; then
    echo "errors/$name: exit status $status, expected ${want:-2}"
    cat "$SCRATCH/setup" "$SCRATCH/got"
    return 1
  fi
  diff -u --label "$name.err" --label "what jkr printed" "$name.err" "$SCRATCH/got" || ! cat "$SCRATCH/setup"
}

for name; do
  if one "$name"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
  fi
done
echo "errors: $passed passed, $failed failed"
[ "$failed" = 0 ]
