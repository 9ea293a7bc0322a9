#!/bin/bash
# start.sh: what starting costs: the program, and a plan of a real recipe that is built.
#
# usage: tests/bench/run.sh start
# shellcheck source=/dev/null
. "$BENCH_HOME/tests/bench/bench.bash"

quick "jkr --version" 3ms 5 "$JKR --version"
