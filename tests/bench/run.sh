#!/bin/bash
# run.sh: measures jkr beside what people use, and prints one table.
#
# usage: tests/bench/run.sh [NAME…]      NAME is tests/bench/NAME.sh; none: all but growth, which draws the
#                                        graphs of docs/. JKR is the program, ROUNDS=N overrides every
#                                        row's rounds, BENCH_TMP=FOLDER says where the runs are made
#                                        ($TMPDIR, /tmp), KEEP=1 keeps them.
#
# Reads tests/bench/bench.bash for what a row may say. Every figure is a median; each run has a folder of its own,
# and nothing is deleted before the end. Results stay in build/bench: results.tsv, results.json, runs.tsv.
# Exits with 1 when a row could not be measured; a missed reach is a result.
set -u -o pipefail
cd "$(dirname "$0")/../.." || exit 1
JKR=$(realpath "${JKR:-build/jkr}")
out=$PWD/build/bench
mkdir -p "$out"
cc -O2 -Wall -o "$out/measure" tests/bench/measure.c || exit 1
: >"$out/results.tsv"
: >"$out/runs.tsv"
BENCH_DIR=$(mktemp -d "${BENCH_TMP:-${TMPDIR:-/tmp}}/jkr-bench.XXXXXX") || exit 1
export JKR BENCH_OUT=$out BENCH_DIR BENCH_HOME=$PWD NO_COLOR=1
unset JKR_PATH JKR_JOBS JKR_BACKEND JKR_STORE

# shellcheck disable=SC2317
end() {
  [ -n "${KEEP:-}" ] && echo "kept: $BENCH_DIR" && return
  chmod -R u+rwx "$BENCH_DIR" 2>/dev/null
  rm -rf "$BENCH_DIR"
}
trap end EXIT
trap 'exit 130' INT TERM

# version PROGRAM [ARGUMENT…]: the first number in what it says of itself
version() {
  command -v "$1" >/dev/null && echo "$1 $("$@" 2>&1 | grep -oE -m1 '(^| )[0-9]+(\.[0-9]+)*[a-z0-9.-]*' | head -n 1 | tr -d ' ')"
}

machine() {
  printf 'cpu      %s, %s cores\n' "$(lscpu | sed -n 's/^Model name: *//p' | head -n 1)" "$(nproc)"
  awk '/^MemTotal/ { printf "memory   %.1f GB\n", $2 / 1048576 }' /proc/meminfo
  printf 'kernel   %s, load %s\n' "$(uname -sr)" "$(cut -d' ' -f1-3 /proc/loadavg)"
  local source kind
  read -r source kind < <(findmnt -nT "$BENCH_DIR" -o SOURCE,FSTYPE)
  if grep -qs none "/sys/fs/ext4/$(basename "$source")/journal_task"; then
    kind="ext4 without a journal"
  fi
  printf 'files    %s on %s\n' "$BENCH_DIR" "$kind"
  printf 'versions jkr %s' "$("$JKR" --version | grep -oE '[0-9.]+' | head -n 1)"
  {
    version ninja --version
    version tup --version
    version make --version
    version tar --version
    version lbzip2 --version
    version xz --version
    version git --version
    version quilt --version
    version cp --version
    version modinfo --version
    version bwrap --version
    version docker --version
  } | sed 's/^/, /' | tr -d '\n'
  printf '\n\n'
}

# table: `ratio` is of wall times, which the reach is for, `cpu` of processor times
table() {
  printf 'work\tjkr\tpeer\tratio\treach\tmet\t\t\t\tcpu\n' | cat - "$out/results.tsv" |
    awk -F'\t' -v OFS='\t' '{ print $1, $2, $3, $4, $10, $5, $6 }' |
    awk -F'\t' '{ for (i = 1; i <= NF; i++) { cell[NR, i] = $i; n = length($i); if (n > w[i]) w[i] = n } }
      END { for (r = 1; r <= NR; r++) { line = ""; for (i = 1; i <= 7; i++) line = line sprintf("%-" w[i] "s  ", cell[r, i]); sub(/ +$/, "", line); print line } }'
}

names=("$@")
if [ ${#names[@]} = 0 ]; then
  for row in tests/bench/*.sh; do
    name=$(basename "$row" .sh)
    case $name in
    run | growth) ;;
    *) names+=("$name") ;;
    esac
  done
fi

# busy: what a reader of wall times must know
busy() {
  awk -v n="$(nproc)" -v before="$1" '{ if ($1 > n + 1 || before > n + 1)
    printf "\nThe machine was busy (load %s before, %s after, %d processors): the cpu column says more than the ratios.\n", before, $1, n }' /proc/loadavg
}

load=$(cut -d' ' -f1 /proc/loadavg)
machine | tee "$out/machine.txt"
failed=0
for name in "${names[@]}"; do
  if [ ! -e "tests/bench/$name.sh" ]; then
    echo "there is no tests/bench/$name.sh"
    failed=1
    continue
  fi
  mkdir -p "$BENCH_DIR/$name"
  (cd "$BENCH_DIR/$name" && BENCH_ROW=$name bash "$BENCH_HOME/tests/bench/$name.sh") || {
    echo "$name: not measured"
    failed=1
  }
done
echo
{ table && busy "$load"; } | tee "$out/table.txt"
python3 - "$out" <<'PY'
import json, sys
out = sys.argv[1]
names = "work jkr peer ratio reach met unit ours theirs cpu_ratio row".split()
rows = [dict(zip(names, line.rstrip("\n").split("\t"))) for line in open(out + "/results.tsv")]
machine = dict(line.rstrip("\n").split(None, 1) for line in open(out + "/machine.txt") if line.strip())
json.dump({"machine": machine, "rows": rows}, open(out + "/results.json", "w"), indent=1)
PY
grep -q $'\tnot measured' "$out/results.tsv" && failed=1
exit $failed
