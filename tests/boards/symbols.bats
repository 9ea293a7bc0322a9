#!/usr/bin/env bats
# The reference's 169 symbols on the look-alike's kernel, up to olddefconfig: what is not honoured is an expected list, and
# stops the run before anything is compiled. Started by check.sh.

@test "the reference's symbols: exactly those of the list are not honoured" {
  : "${BOARDS:?started by check.sh}" "${JKR:?the program under test}"
  export NO_COLOR=1 JKR_STORE=$BOARDS/store JKR_DOWNLOADS=$BOARDS/bsp
  run "$JKR" run "$BATS_TEST_DIRNAME/symbols.lua"
  echo "$output"
  [ "$status" = 3 ]
  # each is named with the way to let it be
  sed -n 's/.*allow = { "\([A-Z0-9_]*\)" }.*/\1/p' <<<"$output" | sort | diff "$BATS_TEST_DIRNAME/reference.misses" -
  [[ $output == *"$(wc -l <"$BATS_TEST_DIRNAME/reference.misses") config symbols were not honoured"* ]]
}
