#!/usr/bin/env bats
# A warm build directory gives what a new one would: make goes by times alone, and here they would tell it wrong.

load helper

# compiles: src/Makefile makes `out` of src/in, and the recipe c.lua takes it
compiles() {
  make_image
  mkdir -p src
  printf '/jkr/build/out: in\n\tcat in > $@\n' >src/Makefile
  { head_of; cat <<'LUA'
return make_in_container "m" { "src", toolchain = img, outputs = { out = "out" } }
LUA
  } >c.lua
}

@test "a link that leads elsewhere is new, though what it leads to is old" {
  compiles
  echo a >src/a; echo b >src/b
  ln -s a src/in
  jkr run c.lua -o out
  [ "$(cat out/out)" = a ]
  ln -sf b src/in
  jkr run c.lua -o out
  [ "$(cat out/out)" = b ]
}

@test "so is what lies in a folder that a link leads to, and what links lead to there" {
  compiles
  mkdir src/x src/y
  echo a >src/x/in; echo b >src/y/real; ln -s real src/y/in
  ln -s x src/dir
  sed -i 's,: in,: dir/in,; s,cat in,cat dir/in,' src/Makefile
  jkr run c.lua -o out
  [ "$(cat out/out)" = a ]
  ln -sfn y src/dir
  jkr run c.lua -o out
  [ "$(cat out/out)" = b ]
}

@test "another folder of the same tree is another source" {
  compiles
  mkdir src/a src/b
  cp src/Makefile src/a; mv src/Makefile src/b
  echo a >src/a/in; echo b >src/b/in
  { head_of; cat <<'LUA'
local which = option.string { "which", "a", "which folder" }
local t = copy "t" { "src" }
return make_in_container "m" { t / which, toolchain = img, outputs = { out = "out" } }
LUA
  } >c.lua
  jkr run c.lua -o out
  [ "$(cat out/out)" = a ]
  jkr run c.lua -D which=b -o out
  [ "$(cat out/out)" = b ]
}

@test "a clock that was set back: what was made by the later time is not taken for newer" {
  compiles
  echo a >src/in
  jkr run c.lua -o out
  # as if it had run in an hour
  find "$JKR_STORE"/warm/*/d "$JKR_STORE"/warm/*/seen -exec touch -d '1 hour' {} +
  echo b >src/in
  run jkr run c.lua -o out
  echo "$output"
  [ "$status" = 0 ]
  [[ $output == *'the build directory of the last run is dropped: the clock was set back since then'* ]]
  [ "$(cat out/out)" = b ]
}
