#!/bin/bash
# coverage.sh: every code of the tables stands in a pair, or below with the reason and the test that covers it;
# no message is made without a code, and none sends anybody to a command that jkr does not have.
#
# usage: tests/errors/coverage.sh JKR
set -u
jkr=$(realpath "$1")
cd "$(dirname "$0")/../.." || exit 1

# CODE  where it is tested  why it has no pair
exceptions='
E0114 tests/unit/test_recipe.c  cannot be written in Lua: a step is referred to by the value that made it
E0115 tests/unit/test_recipe.c  cannot be written in Lua: a step exists before it is referred to
E0802 tests/unit/test_tree.c    a list that cannot be read counts as missing: E0302, E0809 and E0811 say so
E0806 tests/unit/test_layer.c   patch looks before it removes, and says E0504
E0812 tests/unit/test_shared.c   a run goes on without the cache, and says it as a warning
E0813 tests/unit/test_shared.c   as above
E0814 tests/unit/test_shared.c   as above
E0817 tests/unit/test_shared.c   a run goes on without the result, and says it as a warning
E0816 tests/unit/test_shared.c   no memory or no space for what passes through a depot
'
failed=0
fail() { echo "errors/coverage: $*"; failed=1; }

tables=(interp/base/codes/*.def)
codes=$(sed -n 's/^X("\(E[0-9]*\)".*/\1/p' "${tables[@]}")
for code in $codes; do
  where=$(awk -v code="$code" '$1 == code { print $2 }' <<<"$exceptions")
  if grep -q "^error\[$code\]" tests/errors/*.err; then
    [ -z "$where" ] || fail "$code has a pair: take it off the list of exceptions"
  elif [ -z "$where" ]; then
    fail "$code has no pair: write tests/errors/NAME.lua or .sh that shows it"
  elif ! grep -q "$code" "$where"; then
    fail "$code is not in $where, which is said to cover it"
  fi
done
while read -r code _; do
  [ -z "$code" ] || grep -qx "$code" <<<"$codes" || fail "$code is no code: take it off the list of exceptions"
done <<<"$exceptions"
for pair in tests/errors/*.err; do
  [ -e "${pair%.err}.lua" ] || [ -e "${pair%.err}.sh" ] || fail "$pair has no input"
done
commands=$("$jkr" --help | sed -n 's/^  \([a-z]*\) .*/\1/p')
while read -r word; do
  grep -qx "$word" <<<"$commands" || fail "a message names \`jkr $word\`, which is no command"
done < <(grep -Eho '`jkr [a-z]+' interp/*/*.c "${tables[@]}" tests/errors/*.err | sed 's/.* //' | sort -u)
# one line of the interpreter begins a text that is no message (cmd/log.c)
while read -r line; do
  fail "a message has no code: $line"
done < <(grep -nE 'err_(set|sys)\([^,]+, NULL' interp/*/*.c | grep -v '"first errors"')
exit "$failed"
