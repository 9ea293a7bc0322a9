#!/bin/bash
# run.sh: fuzzes the parsers with libFuzzer under ASan and UBSan, two at a time, and prints a table.
#
# usage: [FUZZ_SECONDS=1200] tests/fuzz/run.sh [NAME…]     all of tests/fuzz/fuzz_*.c, or only those named
#        tests/fuzz/run.sh --minimise [NAME…]              adds to seeds/ what the corpora reach beyond them
#
# A target gets so many seconds of processor time, whatever else the machine does. Corpora grow in
# build/fuzz/corpus, findings lie in build/fuzz/found: mend the cause, then keep the input in regress/NAME.
# FUZZ_STATE=FOLDER keeps counts (and the table) there, and a second run goes on where the first ended;
# FUZZ_BINS=FOLDER takes targets that are built already.
set -u
cd "$(dirname "$0")/../.." || exit 1
seconds=${FUZZ_SECONDS:-1200}
out=build/fuzz slice=60 worst=3
export UBSAN_OPTIONS=print_stacktrace=1

minimise=
if [ "${1:-}" = --minimise ]; then
  minimise=1
  shift
fi
names=("$@")
[ $# -gt 0 ] || for source in tests/fuzz/fuzz_*.c; do
  name=$(basename "$source" .c)
  names+=("${name#fuzz_}")
done
if [ -z "${FUZZ_BINS:-}" ]; then
  make --no-print-directory FUZZ=1 "${names[@]/#/build/fuzz/fuzz/}" >&2 || exit 1
fi
bins=${FUZZ_BINS:-build/fuzz/fuzz}
state=${FUZZ_STATE:-$(mktemp -d)}
[ -n "${FUZZ_STATE:-}" ] || trap 'rm -rf "$state"' EXIT
mkdir -p "$state"

# options NAME: what every run of a target gets
options() {
  printf '%s\n' -timeout=5 -rss_limit_mb=512 -malloc_limit_mb=600 -max_len=65536 -print_final_stats=1
  [ ! -e "tests/fuzz/dictionaries/$1" ] || echo "-dict=$(dictionary "$1")"
}

# dictionary NAME: its words; for recipes with every verb and constructor that there is, so that no new one is forgotten
dictionary() {
  local f words=tests/fuzz/dictionaries/$1
  case $1 in
  lua | recipe)
    { cat "$words" && for f in interp/prim/*.c stdlib/*.lua; do
      f=${f##*/}
      echo "\"${f%.*}\""
    done; } >"$state/$1.dictionary"
    words=$state/$1.dictionary
    ;;
  esac
  echo "$words"
}

# cpu COMMAND…: runs it; the seconds of processor time that it took are in $took
cpu() {
  local status user system
  TIMEFORMAT='%U %S'
  { time "$@" 2>"$log"; } 2>"$log.time"
  status=$?
  read -r user system < <(tail -1 "$log.time")
  took=$(awk -v a="$user" -v b="$system" 'BEGIN { printf "%.0f", a + b }')
  return $status
}

# confirm NAME: forgets findings that were none: a machine that is busy makes any input late
confirm() {
  local file log=$state/$1.confirm
  for file in "$out/found/$1"/timeout-* "$out/found/$1"/slow-unit-*; do
    [ -e "$file" ] || continue
    if cpu "$bins/$1" -timeout=120 "$file" && [ "$took" -lt 4 ]; then
      rm "$file"
    fi
  done
}

# stat NAME FIELD: a number of the last log of libFuzzer
stat() { sed -nE "s/^stat::$2: +([0-9]+)/\1/p" "$state/$1.log" | tail -1; }

# fuzz NAME: until its time is up, or it found too much
fuzz() {
  local used=0 execs=0 edges=0 found=0 n took log=$state/$1.log
  mkdir -p "$out/corpus/$1" "$out/found/$1"
  [ ! -e "$state/$1" ] || read -r used execs edges found <"$state/$1"
  while [ "$used" -lt "$seconds" ] && [ "$found" -lt $worst ]; do
    n=$((seconds - used < slice ? seconds - used : slice))
    mapfile -t opts < <(options "$1")
    cpu timeout 900 "$bins/$1" "${opts[@]}" "-max_total_time=$n" "-artifact_prefix=$out/found/$1/" \
      "$out/corpus/$1" "tests/fuzz/seeds/$1" >/dev/null
    confirm "$1"
    found=$(find "$out/found/$1" -type f | wc -l)
    n=$(sed -nE 's/.* cov: ([0-9]+) .*/\1/p' "$log" | tail -1)
    edges=${n:-$edges} used=$((used + (took > 0 ? took : 1))) n=$(stat "$1" number_of_executed_units)
    execs=$((execs + ${n:-0}))
    echo "$used $execs $edges $found" >"$state/$1"
    table >"$state/table.txt"
  done
}

table() {
  local name used execs edges found
  printf '%-10s %12s %8s %8s %8s %8s %9s\n' target executions 'CPU s' edges corpus seeds findings
  for name in "${names[@]}"; do
    used=0 execs=0 edges=0 found=0
    [ ! -e "$state/$name" ] || read -r used execs edges found <"$state/$name"
    printf '%-10s %12d %8d %8d %8d %8d %9d\n' "$name" "$execs" "$used" "$edges" \
      "$(find "$out/corpus/$name" -type f 2>/dev/null | wc -l)" "$(find "tests/fuzz/seeds/$name" -type f | wc -l)" "$found"
  done
}

if [ -n "$minimise" ]; then
  for name in "${names[@]}"; do
    mkdir -p "tests/fuzz/seeds/$name"
    "$bins/$name" -merge=1 -max_len=4096 "tests/fuzz/seeds/$name" "$out/corpus/$name" 2>&1 | grep '^MERGE-OUTER: .*new'
  done
  exit
fi

for name in "${names[@]}"; do
  while [ "$(jobs -rp | wc -l)" -ge 2 ]; do wait -n; done
  fuzz "$name" &
done
wait
table
findings=$(for name in "${names[@]}"; do find "$out/found/$name" -type f; done)
[ -z "$findings" ] || printf 'found: %s\n' "$findings"
[ -z "$findings" ]
