#!/usr/bin/env bats
# `jkr new`: what it makes runs, tests itself, and passes luacheck; `jkr new board` is in config.bats, a driver that is
# built and loaded in tests/kernel.

load helper

top=${BATS_TEST_DIRNAME%/*/*}

check_lua() { luacheck -q --config "$top/.luacheckrc" "$@"; }

@test "new recipe: it runs, delivers, and its check sees what is wrong" {
  run jkr new recipe pump-2
  echo "$output"
  [ "$status" = 0 ]
  [ "$(find . -type f | sort | tr '\n' ' ')" = "./pump-2.lua ./pump-2/greeting.txt " ]
  [[ ${lines[-1]} == *"jkr run pump-2.lua" ]]
  check_lua pump-2.lua
  ! grep -rq '@' pump-2.lua pump-2 || return 1
  jkr run pump-2.lua -q -o out
  [ "$(cat out/greeting.txt)" = "good morning from pump-2" ]
  jkr run pump-2.lua -q -o out -D greeting=hello
  [ "$(cat out/greeting.txt)" = "hello from pump-2" ]
  # the check is one: with another text in the file the run fails
  sed -i 's/contains = { greeting }/contains = { "farewell" }/' pump-2.lua
  run jkr run pump-2.lua
  [ "$status" = 3 ]
  # nothing is written over
  before=$(cat pump-2.lua)
  run jkr new recipe pump-2
  [ "$status" = 2 ]
  [ "$(cat pump-2.lua)" = "$before" ]
  # what lies in the way of the second file keeps the first from being written
  mkdir fan && echo mine >fan/greeting.txt
  run jkr new recipe fan
  [ "$status" = 2 ]
  [ ! -e fan.lua ]
}

@test "new recipe in a project: recipes/ takes it, and it is found by its name" {
  mkdir recipes && touch jkr.yaml
  jkr new recipe pump -q
  [ -s recipes/pump.lua ]
  [ -s recipes/pump/greeting.txt ]
  jkr run pump -q -o out
  grep -q 'good morning from pump' out/greeting.txt
}

@test "new plugin: its test places it, and a board takes it by its name" {
  touch jkr.yaml
  run jkr new plugin fan
  echo "$output"
  [ "$status" = 0 ]
  check_lua plugins/fan/plugin.lua plugins/fan/test.lua
  jkr run plugins/fan/test.lua -q -o out
  grep -qx enabled=1 out/etc/fan.conf
  grep -q board out/etc/board
  jkr run plugins/fan/test.lua -q -o there -D fan.where=opt
  [ -s there/opt/fan.conf ]
  python3 "$top/tests/e2e/schemas.py" "$top/types" plugins/fan/plugin.yaml | grep -qx '1 fit'
  # its own check fails a board whose file says otherwise
  echo enabled=0 >plugins/fan/files/fan.conf
  run jkr run plugins/fan/test.lua
  [ "$status" = 3 ]
  # without jkr.yaml, too
  mkdir "$work/bare" && cd "$work/bare" && jkr new plugin fan -q && jkr run plugins/fan/test.lua -q
}

@test "new driver: the recipe loads alone and inside a board, and its C is a module's" {
  jkr new driver led-strip -q
  [ -s led-strip/led_strip.c ]
  grep -qx 'obj-m := led_strip.o' led-strip/Makefile
  check_lua led-strip.lua
  jkr check led-strip.lua
  jkr ls steps led-strip.lua | grep -q '^loads/console'
  # a kernel of the board's own takes the place of QEMU's
  cat >board.lua <<'LUA'
local linux = kernel "linux" { copy { "src" }, toolchain = toolchain "debian-arm64", arch = "arm64" }
return bundle "board" { use "led-strip.lua" { kernel = linux } }
LUA
  mkdir src && touch src/Makefile
  jkr ls steps board.lua >steps
  grep -q '^led-strip:module/build' steps
  run grep -q qemu-arm64 steps
  [ "$status" -ne 0 ]
}

@test "a folder stdlib/new/KIND of a project is one more kind" {
  touch jkr.yaml
  mkdir -p stdlib/new/camera/cameras/@NAME@ recipes
  echo 'return write { path = "@IDENT@", text = "@NAME@ is @IDENT@" }' >stdlib/new/camera/cameras/@NAME@/test.lua
  ln -s /etc/passwd stdlib/new/camera/cameras/leak # of a template only files are taken
  jkr new camera 3d.cam -q
  [ "$(find cameras -type f -o -type l)" = cameras/3d.cam/test.lua ]
  jkr run cameras/3d.cam/test.lua -q -o out
  [ "$(cat out/_3d_cam)" = "3d.cam is _3d_cam" ]
  # all bytes of a file, and that it can be run
  printf 'a\0b@NAME@\n' >stdlib/new/camera/data && printf '#!/bin/sh\n' >stdlib/new/camera/run.sh && chmod +x stdlib/new/camera/run.sh
  jkr new camera dome -q
  printf 'a\0bdome\n' | cmp - data
  [ -x run.sh ]
  [ ! -x data ]
  # a kind is a name, not a path
  mkdir empty && cd empty
  for kind in .. . '' ../new camera/..; do
    run jkr new "$kind" x
    [ "$status" = 2 ] && [[ $output == *"\`jkr new\` makes no \`$kind\`"* ]] || return 1
  done
  [ -z "$(ls -A)" ]
  cd ..
  for i in {1..64}; do : >stdlib/new/camera/f"$i"; done
  run jkr new camera many
  [[ $output == *'the kind `camera` has more than 64 files'* ]]
  run jkr new kamera x
  [[ $output == *'did you mean `jkr new camera`'* ]]
}
