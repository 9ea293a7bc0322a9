# bench.bash: what a row of the bench says. Sourced by tests/bench/NAME.sh, which run.sh starts in an empty folder.
#
#   versus WORK REACH ROUNDS OURS  PEER COMMAND [PEER COMMAND]…
#           runs all commands in turn, ROUNDS times, each by `bash -c` in a new empty folder $RUN with a store
#           of its own ($JKR_STORE, not yet there), the order turned round every other time. Compares
#           median wall times. REACH is a ratio for each peer ("0.6 1.0"), `-` where there is none.
#           A function `prepare SIDE` of the row (SIDE: jkr, or PEER) is called in $RUN before, unmeasured.
#           A REACH in ms ("3ms") is one of ours alone; no PEER then.
#   quick   WORK REACH ROUNDS OURS  PEER COMMAND [PEER COMMAND]…
#           the same for commands of milliseconds that change nothing: in the current folder, without a shell,
#           ten runs a round by hyperfine.
#   figure  WORK REACH UNIT VALUE      an absolute figure of ours; REACH is its upper bound, or `-`
#   peak    FILE COMMAND [ARGUMENT]…   prints the largest resident set in kB; its times go to FILE
#   cannot  WORK WHY                   a row that could not be measured: `make bench` fails
#   lacks   WORK PEER WHY              a peer that this machine has not: said, no failure
#   say     TEXT…                      what a reader must know of the row, above the table
set -u -o pipefail
: "${BENCH_OUT:?start this by tests/bench/run.sh}" "${BENCH_DIR:?}" "${BENCH_ROW:?}" "${JKR:?}"
bench_runs=0

say() { printf '%s: %s\n' "$BENCH_ROW" "$*"; }

# median: of the numbers on stdin
median() { sort -g | awk '{ v[NR] = $1 } END { if (NR) printf "%.6f", NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }

# time_of SECONDS: as people read it
time_of() { awk -v s="$1" 'BEGIN { if (s < 0.1) printf "%.2f ms", s * 1000; else if (s < 1) printf "%.0f ms", s * 1000; else printf "%.2f s", s }'; }

# result WORK JKR PEER RATIO REACH MET UNIT OURS THEIRS CPU
result() {
  (IFS=$'\t' && printf '%s\n' "$*$IFS$BENCH_ROW") >>"$BENCH_OUT/results.tsv"
  printf '%s: %s: %s against %s, ratio %s, reach %s: %s\n' "$BENCH_ROW" "$1" "$2" "$3" "$4" "$5" "$6"
}

cannot() { result "$1" - - - - "not measured: $2" - - - -; }
lacks() { result "$1" - "$2" - - "no $2 here: $3" - - - -; }

# met VALUE REACH: yes, missed, or nothing where no reach is set
met() { awk -v v="$1" -v r="$2" 'BEGIN { print r == "-" ? "-" : v + 0 <= r + 0 ? "yes" : "missed" }'; }

figure() {
  local work=$1 reach=$2 unit=$3 value=$4 shown
  shown=$reach
  [ "$reach" = - ] || shown="<= $reach $unit"
  result "$work" "$value $unit" - - "$shown" "$(met "$value" "$reach")" "$unit" "$value" - -
}

peak() {
  "$BENCH_OUT/measure" "$@" >/dev/null 2>"$1.err" || return 1
  tail -n 1 "$1" | cut -f3
}

# compare WORK REACH OURS PEER THEIRS CPU: one line of the table, times in seconds
compare() {
  local ratio
  ratio=$(awk -v a="$3" -v b="$5" 'BEGIN { printf "%.2f", (b > 0 ? a / b : 0) }')
  result "$1" "$(time_of "$3")" "$4 $(time_of "$5")" "$ratio" "$([ "$2" = - ] && echo - || echo "<= $2")" \
    "$(met "$ratio" "$2")" s "$3" "$5" "$6"
}

# sides WORK REACH ROUNDS OURS [PEER COMMAND]…: sets what versus and quick share: work, reach, rounds, names, commands, n
# shellcheck disable=SC2034
sides() {
  work=$1 rounds=${ROUNDS:-$3} names=(jkr) commands=("$4")
  read -r -a reach <<<"$2"
  shift 4
  while [ $# -ge 2 ]; do
    names+=("$1") commands+=("$2")
    shift 2
  done
  n=${#names[@]}
}

# medians BASE: sets wall and cpu of each side from BASE.0, BASE.1 …, whose columns are wall and processor time, and the
# memory in kB if there is one
medians() {
  local i memory
  wall=() cpu=()
  for ((i = 0; i < n; i++)); do
    awk -v OFS='\t' -v w="$work" -v s="${names[i]}" '{ print w, s, $0 }' "$1.$i" >>"$BENCH_OUT/runs.tsv"
    wall+=("$(cut -f1 "$1.$i" | median)")
    cpu+=("$(cut -f2 "$1.$i" | median)")
    memory=$(awk 'NF >= 3 { print $3 / 1024 }' "$1.$i" | median)
    say "$work: ${names[i]}: wall $(time_of "${wall[i]}"), cpu $(time_of "${cpu[i]}")${memory:+, $(printf '%.1f MB' "$memory")}"
  done
}

# own_reach: a reach in ms is one of ours alone
own_reach() {
  case ${reach[0]} in
  *ms) figure "$work" "${reach[0]%ms}" ms "$(awk -v s="${wall[0]}" 'BEGIN { printf "%.2f", s * 1000 }')" && reach=() ;;
  esac
}

# compare_all: a line of the table for each peer
compare_all() {
  local i
  for ((i = 1; i < n; i++)); do
    compare "$work" "${reach[i - 1]:--}" "${wall[0]}" "${names[i]}" "${wall[i]}" \
      "$(awk -v a="${cpu[0]}" -v b="${cpu[i]}" 'BEGIN { printf "%.2f", (b > 0 ? a / b : 0) }')"
  done
}

# one_run SIDE COMMAND FILE: in a new folder
one_run() {
  bench_runs=$((bench_runs + 1))
  local run=$BENCH_DIR/$BENCH_ROW/run.$bench_runs log=$BENCH_DIR/$BENCH_ROW/run.$bench_runs.log
  mkdir "$run" || return 1
  (
    cd "$run" || exit 1
    export RUN=$run JKR_STORE=$run/store
    if declare -F prepare >/dev/null && ! prepare "$1" >"$log" 2>&1; then
      exit 1
    fi
    sync -f . # who ends with a syncfs waits for its own writes, not for those of the run before
    "$BENCH_OUT/measure" "$3" bash -c "$2" >>"$log" 2>&1
  ) || { say "$1 failed, see below" && tail -n 20 "$log" && return 1; }
}

versus() {
  local work reach rounds names commands n wall cpu round i j
  sides "$@"
  local base=$BENCH_DIR/$BENCH_ROW/times.$bench_runs
  for ((round = 0; round < rounds; round++)); do
    for ((j = 0; j < n; j++)); do
      i=$((round % 2 ? n - 1 - j : j))
      one_run "${names[i]}" "${commands[i]}" "$base.$i" || { cannot "$work" "${names[i]} failed" && return 1; }
    done
  done
  medians "$base"
  own_reach
  compare_all
}

quick() {
  local work reach rounds names commands n wall cpu round
  sides "$@"
  local base=$BENCH_DIR/$BENCH_ROW/quick.$bench_runs
  bench_runs=$((bench_runs + 1))
  for ((round = 0; round < rounds; round++)); do
    hyperfine -N --warmup 2 --runs 10 --export-json "$base.json" "${commands[@]}" >"$base.log" 2>&1 ||
      { tail -n 5 "$base.log" && cannot "$work" "a command failed" && return 1; }
    python3 - "$base" <<'PY'
import json, sys
for i, r in enumerate(json.load(open(sys.argv[1] + ".json"))["results"]):
    with open("%s.%d" % (sys.argv[1], i), "a") as f:
        for t in r["times"]:
            f.write("%.6f\t%.6f\n" % (t, r["user"] + r["system"]))
PY
  done
  medians "$base"
  own_reach
  compare_all
}
