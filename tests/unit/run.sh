#!/bin/bash
# run.sh: runs every unit test, also after one failed; what failed is shown at the end.
#
# usage: tests/unit/run.sh BINARY…       each log stays beside its binary
set -u
passed=0
failed=()

for test; do
  if timeout 600 "$test" >"$test.log" 2>&1; then
    passed=$((passed + 1))
  else
    echo "$?" >>"$test.log"
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
