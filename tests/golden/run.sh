#!/bin/bash
# run.sh: golden recipes: the log of two runs, in which everything is built and then everything is cached.
#
# usage: tests/golden/run.sh JKR [NAME…]      UPDATE=1 rewrites the logs; read the difference as code
#
# Every recipe of examples/ that needs no container is one; NAME.log holds what both runs said. Times
# and sizes of the machine are replaced by T.
set -u
jkr=$(realpath "$1")
shift
cd "$(dirname "$0")" || exit 1
here=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

# normal: what differs from run to run
normal() { sed -E "s,$work,WORK,g; s/[0-9]+m[0-9]+s|[0-9]+(\.[0-9]+)? s\b/T/g"; }

one() {
  local name=$1 run
  cp -r ../../examples "$work/$name"
  for run in first second; do
    echo "\$ jkr run $name.lua    # $run run"
    (cd "$work/$name" && env -i PATH="$PATH" HOME="$work" JKR_STORE="$work/$name-store" NO_COLOR=1 \
      "$jkr" run "$name.lua" -j1 --progress plain 2>&1 </dev/null)
    echo "exit status $?"
  done | normal >"$work/$name.log"
  if [ "${UPDATE:-}" = 1 ]; then
    cp "$work/$name.log" "$here/$name.log"
  fi
  diff -u --label "$name.log" --label "what jkr said" "$name.log" "$work/$name.log"
}

[ $# -gt 0 ] || set -- hello options tree plugins board two-boards
for name; do
  if one "$name"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
  fi
done
echo "golden: $passed passed, $failed failed"
[ "$failed" = 0 ]
