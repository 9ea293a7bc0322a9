#!/bin/bash
# ready.sh: a tree of 78,000 files and more made ready for a step that writes into it.
#
# usage: tests/bench/run.sh ready
# shellcheck source=/dev/null
. "$BENCH_HOME/tests/bench/bench.bash"
# shellcheck source=/dev/null
. "$BENCH_HOME/tests/bench/inputs.bash"

work="a tree of 86,000 files made ready to write"
file=$(linux_source xz) || { cannot "$work" "linux-source-6.12 could not be fetched" && exit; }
mkdir ready && tar -xf "$file" -C ready --strip-components=1
work="a tree of $(find ready -type f | wc -l) files made ready to write"
say "ours is what a sandbox does before its program starts: namespace, overlay, empty upper; and one file opened for writing," \
  "which copies it up. cp -a does not wait for the disk"
cc -O2 -Wall -D_GNU_SOURCE -I "$BENCH_HOME/interp" -o ready.bin "$BENCH_HOME/tests/bench/ready.c" \
  "$BENCH_HOME/build/libjkr.a" >cc.log 2>&1 || { cannot "$work" "ready.c does not build" && cat cc.log && exit; }
mkdir runs
quick "$work" 10ms 3 "$PWD/ready.bin $PWD/ready $PWD/runs"
export ready=$PWD
# shellcheck disable=SC2016
versus "$work, beside a copy" - 2 '"$ready/ready.bin" "$ready/ready" "$ready/runs"' "cp -a" 'cp -a "$ready/ready" .'
