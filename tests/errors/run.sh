#!/bin/bash
# run.sh: every message has a pair: NAME.lua, and beside it NAME.err, the exact text on stderr.
#
# usage: tests/errors/run.sh JKR [NAME…]      UPDATE=1 rewrites the texts; read the difference as code
#
# A recipe's first lines may say how it is run:
#   -- run: plan NAME.lua -D rt=maybe         default: check NAME.lua
#   -- exit: 3                                default: 2
# Each runs in the folder of the pairs with a store of its own; `run` must leave no result behind there.
set -u
jkr=$(realpath "$1")
shift
cd "$(dirname "$0")" || exit 1
store=$(mktemp -d)
trap 'rm -rf "$store"' EXIT
passed=0 failed=0

header() { sed -n "1,5s/^-- $2: //p" "$1" | head -1; }

one() {
  local name=$1 line want status got
  line=$(header "$name.lua" run)
  want=$(header "$name.lua" exit)
  got=$store/stderr
  # shellcheck disable=SC2086
  env -i PATH="$PATH" HOME="$store" JKR_STORE="$store/store" NO_COLOR=1 \
    "$jkr" ${line:-check $name.lua} >"$store/stdout" 2>"$got" </dev/null
  status=$?
  sed -i "s,$store,STORE,g" "$got"
  if [ "${UPDATE:-}" = 1 ]; then
    cp "$got" "$name.err"
  fi
  if [ "$status" != "${want:-2}" ]; then
    echo "errors/$name.lua: exit status $status, expected ${want:-2}"
    cat "$got"
    return 1
  fi
  diff -u --label "$name.err" --label "what jkr printed" "$name.err" "$got"
}

[ $# -gt 0 ] || set -- $(ls ./*.lua | sed 's,^\./,,; s,\.lua$,,')
for name; do
  if one "$name"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
  fi
done
echo "errors: $passed passed, $failed failed"
[ "$failed" = 0 ]
