#!/bin/bash
# run.sh: runs every unit test, one on each processor, also after one failed; what failed is shown at the end.
#
# usage: [LANES=1] tests/unit/run.sh BINARY…       each log stays beside its binary, folders of tests (scratch.h) go
set -u
lanes=${LANES:-$(nproc)}
scratch=$(mktemp -d "${TMPDIR:-/tmp}/jkr-unit.XXXXXX") || exit 1
trap 'chmod -R u+rwx "$scratch" 2>/dev/null; rm -rf "$scratch"' EXIT
trap 'exit 1' HUP INT TERM

# one BINARY: in a folder of its own, in which it leaves nothing; the last line of its log is its status
one() {
  local folder left status
  folder=$(mktemp -d "$scratch/XXXXXX") || exit 1
  TMPDIR=$folder timeout 600 "$1" >"$1.log" 2>&1
  status=$?
  left=$(ls -A "$folder")
  if [ -n "$left" ]; then
    echo "left behind: $left" >>"$1.log"
    status="$status, with something left behind"
  fi
  echo "$status" >>"$1.log"
}

for test; do rm -f "$test.log"; done
for test; do
  while [ "$(jobs -rp | wc -l)" -ge "$lanes" ]; do wait -n; done
  one "$test" &
done
wait

passed=0 failed=()
for test; do
  if [ "$(tail -n 1 "$test.log")" = 0 ]; then passed=$((passed + 1)); else failed+=("$test"); fi
done
for test in ${failed[@]+"${failed[@]}"}; do
  echo "--- $test, exit status $(tail -1 "$test.log"):"
  # cmocka's lines about tests that went well are noise here
  sed '$d' "$test.log" | grep -vE '^\[ +(RUN|OK) +\]' | tail -60
done
[ ${#failed[@]} = 0 ] || printf 'failed: %s\n' "${failed[@]}"
echo "unit: $passed passed, ${#failed[@]} failed"
[ ${#failed[@]} = 0 ]
