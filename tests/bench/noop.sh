#!/bin/bash
# noop.sh: nothing to do, in a graph of 10, 1,000 and 10,000 steps that all are up to date.
#
# usage: tests/bench/run.sh noop         SIZES="10 1000" measures these alone
#
# What is run is what people type: `jkr run`, `ninja`, `tup upd`, `make -rR`. Each program first builds the same
# graph (tests/bench/graph.py) in a folder of its own, so everything exists and is up to date. jkr parses and
# runs its recipe in a sandboxed process, makes the key of every step and finds its result in the store;
# the others compare times of files. The peers' files are flat lists of rules; so is the recipe.
# shellcheck source=/dev/null
. "$BENCH_HOME/tests/bench/bench.bash"
export JKR_STORE=$PWD/store
reach=([10]="10ms" [1000]="2 - -" [10000]="2 - -")

# made PROGRAM N COMMAND…: builds the graph once, in PROGRAM.N
made() {
  local folder=$1.$2
  shift 2
  mkdir "$folder" && cp "graph.$n"/* "$folder" && (cd "$folder" && "$@" >../"$folder.log" 2>&1)
}

make_tup() { rm -f Makefile build.ninja graph.lua && tup init --force && tup upd; }

for n in ${SIZES:-10 1000 10000}; do
  mkdir "graph.$n" && (cd "graph.$n" && python3 "$BENCH_HOME/tests/bench/graph.py" "$n")
  work="nothing to do, $n steps"
  made jkr "$n" "$JKR" run graph.lua -q || { cannot "$work" "jkr cannot build it" && continue; }
  (cd "jkr.$n" && "$JKR" plan graph.lua --fail-if-changes -q) || { cannot "$work" "something is to do" && continue; }
  made ninja "$n" ninja || { cannot "$work" "ninja cannot build it" && continue; }
  made make "$n" make -rR || { cannot "$work" "make cannot build it" && continue; }
  peers=(ninja "ninja -C ninja.$n" make "make -rR -C make.$n")
  if made tup "$n" make_tup; then
    peers+=(tup "env -C tup.$n tup upd")
  else
    lacks "$work" tup "$(tail -n 1 "tup.$n.log")"
  fi
  quick "$work" "${reach[n]}" 3 "$JKR -C jkr.$n run graph.lua -q" "${peers[@]}"
done
