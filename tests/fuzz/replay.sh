#!/bin/bash
# replay.sh: gives every fuzz target the inputs that are kept for it: seeds, and what once broke it.
#
# usage: tests/fuzz/replay.sh FOLDER [NAME…]      FOLDER holds the targets, built with replay.c
set -u
cd "$(dirname "$0")/../.." || exit 1
bins=$1
shift

passed=0 failed=0
for source in tests/fuzz/fuzz_*.c; do
  name=$(basename "$source" .c) name=${name#fuzz_} folders=()
  [ $# = 0 ] || [[ " $* " == *" $name "* ]] || continue
  for folder in "tests/fuzz/seeds/$name" "tests/fuzz/regress/$name"; do
    [ ! -d "$folder" ] || folders+=("$folder")
  done
  if n=$(timeout 120 "$bins/$name" ${folders[@]+"${folders[@]}"} 2>"$bins/$name.log") && [ "$n" -gt 0 ]; then
    passed=$((passed + n))
  else
    failed=$((failed + 1))
    echo "--- $name:"
    # the input that broke it is the last one that was named
    grep -E '^tests/fuzz/' "$bins/$name.log" | tail -1
    grep -vE '^tests/fuzz/' "$bins/$name.log" | head -40
  fi
done
echo "fuzz: $passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
