#!/usr/bin/env bats
# All combinations of a board and overlays that Debian's kernel tree makes itself: what jkr refuses must be broken in fact.

setup() {
  : "${JKR:?the program under test}"
  export NO_COLOR=1 JKR_STORE=$BATS_TEST_TMPDIR/store
  cd "$BATS_TEST_TMPDIR" || return
}

# kernel_tree: a folder with what device trees are made of
kernel_tree() (
  # shellcheck disable=SC2034  # what inputs.bash is told
  BENCH_HOME=$(realpath "$BATS_TEST_DIRNAME/../..") BENCH_OUT=$BENCH_HOME/build/bench
  # shellcheck source=/dev/null
  . "$BENCH_HOME/tests/bench/inputs.bash"
  archive=$(linux_source xz) || exit
  mkdir linux
  tar -xf "$archive" -C linux --strip-components=1 --wildcards '*/arch/arm/boot/dts' '*/arch/arm64/boot/dts' '*/include/dt-bindings' '*/input-event-codes.h' \
    '*/scripts/dtc/include-prefixes'
)

# overridden: of the errors on standard input, "BASE OVERLAY NODE" for each phandle that is said to become another
overridden() {
  sed -nE 's/^error\[E0613\]: overlay `(.*)` gives `(.*)` of `(.*)` another phandle, .*/\3 \1 \2/p'
}

@test "the tree's own overlays on its own boards: only those are refused that an older libfdt breaks, and it does" {
  kernel_tree
  count=$("$BATS_TEST_DIRNAME/combinations_of.py" linux)
  echo "$count combinations"
  [ "$count" -gt 60 ]
  : >jkr.yaml
  run "$JKR" run combinations.lua -k -q
  echo "$output"
  [ "$status" = 0 ] || [ "$status" = 3 ]
  refused=$(grep -c '^error' <<<"$output" || :)
  overridden <<<"$output" >broken
  [ "$refused" = "$(wc -l <broken)" ]
  while read -r base overlay node; do
    fdtoverlay -i "o/$base" -o merged.dtb "o/$overlay"
    echo "$overlay: $(fdtget -tx "o/$base" "$node" phandle) is $(fdtget -tx merged.dtb "$node" phandle)"
    [ "$(fdtget -tx "o/$base" "$node" phandle)" != "$(fdtget -tx merged.dtb "$node" phandle)" ]
  done <broken
  # who has a newer one says so, and nothing is refused
  sed -i 's/any_board = true/any_board = true, new_libfdt = true/' combinations.lua
  "$JKR" run combinations.lua -q
}
