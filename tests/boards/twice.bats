#!/usr/bin/env bats
# run --twice with a kernel of the look-alike's tree: everything but the downloads is built a second time, from nothing. Started by
# check.sh, behind `recipes`, whose store it uses; tests/e2e has the cases in which a step is not reproducible.

@test "kernel, module and archive are equal to the byte when they are built again from nothing" {
  : "${BOARDS:?started by check.sh}" "${JKR:?the program under test}"
  export NO_COLOR=1 JKR_STORE=$BOARDS/store JKR_DOWNLOADS=$BOARDS/bsp
  project=$BOARDS/twice
  "$BATS_TEST_DIRNAME/project.sh" "$BOARDS/bsp" "$project"
  cp "$BATS_TEST_DIRNAME/twice.lua" "$project/recipes/"
  [ ! -e "$BOARDS/project/jkr.lock" ] || cp "$BOARDS/project/jkr.lock" "$project/"
  cd "$project"
  run "$JKR" run twice.lua --twice -o out --progress plain
  echo "$output"
  [ "$status" = 0 ]
  [[ $output == *'the second build, from nothing'*'linux/build: begins'*'built twice: '*' steps, equal to the byte'* ]]
  grep -aq 'Linux version 6[^ ]*-twice ' out/Image
  tar --zstd -tf out/modules.tar.zst | grep -q '/crc7\.ko$'
}
