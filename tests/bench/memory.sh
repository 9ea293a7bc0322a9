#!/bin/bash
# memory.sh: the largest resident set of a plan of 10,000 steps, with an empty store and with every result stored.
#
# usage: tests/bench/run.sh memory
# shellcheck source=/dev/null
. "$BENCH_HOME/tests/bench/bench.bash"
export JKR_STORE=$PWD/store
python3 "$BENCH_HOME/tests/bench/graph.py" 10000

# plan_memory WORK: of a plan as the store is now
plan_memory() {
  local kb
  kb=$(peak times "$JKR" plan graph.lua) || { cannot "$1" "the plan fails" && return; }
  figure "$1" 40 MB "$(awk -v k="$kb" 'BEGIN { printf "%.1f", k / 1024 }')"
}

plan_memory "memory of a plan of 10,000 steps, none stored"
"$JKR" run graph.lua -q && plan_memory "memory of a plan of 10,000 steps, all stored"
