#!/bin/bash
# run.sh: runs every unit test, also after one failed; what failed is shown at the end.
#
# usage: tests/unit/run.sh BINARY…       each log stays beside its binary, folders of tests (scratch.h) go
set -u
passed=0
failed=()
scratch=$(mktemp -d "${TMPDIR:-/tmp}/jkr-unit.XXXXXX") || exit 1
export TMPDIR=$scratch
trap 'chmod -R u+rwx "$scratch" 2>/dev/null; rm -rf "$scratch"' EXIT
trap 'exit 1' HUP INT TERM

for test; do
  timeout 600 "$test" >"$test.log" 2>&1
  status=$?
  left=$(ls -A "$scratch")
  if [ -n "$left" ]; then
    echo "left behind: $left" >>"$test.log"
    chmod -R u+rwx "$scratch" && rm -rf "${scratch:?}"/*
  fi
  if [ $status = 0 ] && [ -z "$left" ]; then
    passed=$((passed + 1))
  else
    echo "$status" >>"$test.log"
    failed+=("$test")
  fi
done
for test in ${failed[@]+"${failed[@]}"}; do
  echo "--- $test, exit status $(tail -1 "$test.log"):"
  # cmocka's lines about tests that went well are noise here
  sed '$d' "$test.log" | grep -vE '^\[ +(RUN|OK) +\]' | tail -60
done
[ ${#failed[@]} = 0 ] || printf 'failed: %s\n' "${failed[@]}"
echo "unit: $passed passed, ${#failed[@]} failed"
[ ${#failed[@]} = 0 ]
