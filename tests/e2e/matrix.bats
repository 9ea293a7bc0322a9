#!/usr/bin/env bats
# matrix.bats: jkr run --matrix: many recipes as one plan.

load helper

examples=$BATS_TEST_DIRNAME/../../examples

boards() {
  cat >board.lua <<'LUA'
recipe "board" { version = "1", license = "MIT", summary = "one of several boards" }
local board = option.choice { "board", { "nx", "agx" }, "which board" }
local rt    = option.bool { "rt", true, "PREEMPT_RT" }
local text  = option.string { "text", "", "more text" }
local src   = tree "src" { write { path = "a.c", text = "source\n" }, edit { "a.c", find = "source", replace = "edited" } }
local cfg   = write "config" { path = "config", text = board .. " " .. tostring(rt) .. text .. "\n" }
local only  = write "only" { path = "board", text = board .. "\n" }
return bundle "image" { src / "a.c", cfg, only, build_manifest "manifest" { src, cfg } }
LUA
  cat >boards.yaml <<'YAML'
boards:
  nx: {recipe: board.lua, options: {board: nx}}
  agx: {recipe: board.lua, options: {board: agx}}
options:
  rt: [true, false]
without:
  - {board: agx, rt: false}
YAML
}

@test "rows are built in one run, what they share once" {
  boards
  run jkr run --matrix boards.yaml -o out --progress plain
  echo "$output"
  [ "$status" = 0 ]
  [ "$(grep -c 'src/2-edit: begins' <<<"$output")" = 1 ]
  [ "$(grep -c '] only: begins' <<<"$output")" = 1 ]
  [ "$(grep -c 'another run works' <<<"$output")" = 0 ]
  [ "$(ls out)" = $'agx,rt=true\nnx,rt=false\nnx,rt=true' ]
  [ "$(cat out/nx,rt=false/config)" = "nx false" ]
  [ "$(cat out/agx,rt=true/config)" = "agx true" ]
  run jkr plan --matrix boards.yaml --fail-if-changes
  echo "$output"
  [ "$status" = 0 ]
  [[ $output == *"3 rows, 3 shared steps: nothing to do"* ]]
}

@test "a row is what the recipe alone is, its manifest too" {
  boards
  jkr run --matrix boards.yaml -o out -q
  run jkr plan board.lua -D board=agx --fail-if-changes
  echo "$output"
  [ "$status" = 0 ]
  run jkr plan board.lua -D board=nx -D rt=false --fail-if-changes
  echo "$output"
  [ "$status" = 0 ]
  jkr run board.lua -D board=nx -D rt=false -o alone -q
  diff -r alone out/nx,rt=false
  grep -q '"rt":.*false' alone/BUILD_MANIFEST.json
}

@test "a board, a row and a step can be named; JSON tells the rows" {
  boards
  jkr run --matrix boards.yaml nx -o out --format json -q >artifacts.json
  [ "$(ls out)" = $'nx,rt=false\nnx,rt=true' ]
  [ "$(json "[r['name'] for r in d['rows']]" <artifacts.json)" = "['nx,rt=true', 'nx,rt=false']" ]
  [ "$(json "len(d['rows'][0]['artifacts'])" <artifacts.json)" = 4 ]
  [ "$(json "sorted(a['path'] for a in d['rows'][1]['artifacts'])[3]" <artifacts.json)" = "$PWD/out/nx,rt=false/config" ]
  jkr run --matrix boards.yaml agx,rt=true -o row -q
  [ "$(ls row)" = agx,rt=true ]
  jkr run --matrix boards.yaml nx,rt=false/config -o step -q
  [ "$(cat step/config)" = "nx false" ]
  [ "$(jkr plan --matrix boards.yaml --format json | json "[s['rows'] for s in d['steps'] if s['name'] == 'only']")" = \
    "[['nx,rt=true', 'nx,rt=false']]" ]
}

@test "options of the command line win; each row has its own" {
  boards
  jkr run --matrix boards.yaml -D rt=true -D text=! -o out -q
  [ "$(cat out/nx,rt=false/config)" = "nx true!" ]
}

@test "shared steps of one name have two names" {
  boards
  sed 's/source/other/g' board.lua >second.lua
  cat >two.yaml <<'YAML'
boards: {a: board.lua, b: second.lua}
options: {rt: [true, false]}
YAML
  run jkr run --matrix two.yaml -o out
  echo "$output"
  [ "$status" = 0 ]
  [ "$(cat out/a,rt=true/a.c out/b,rt=true/a.c)" = $'edited\nedited' ]
  jkr plan --matrix two.yaml --format json | json "' '.join(s['name'] for s in d['steps'] if 'write' in s['name'])" >names
  [ "$(cat names)" = "src/1-write b,rt=true+1/src/1-write" ]
}

@test "other commands take a matrix" {
  boards
  jkr check --matrix boards.yaml
  jkr run --matrix boards.yaml -q
  jkr why --matrix boards.yaml nx,rt=true/config | grep -q write
  jkr graph --matrix boards.yaml | grep -q 'agx,rt=true/config'
  sed -i 's/edited/again/' board.lua
  jkr plan --matrix boards.yaml | grep -q 'run .*src/2-edit'
}

@test "the example" {
  jkr run --matrix "$examples/matrix.yaml" -o out -q
  [ "$(find out -mindepth 1 -maxdepth 1 | wc -l)" = 5 ]
  [ -e out/lab,serial=true/etc/lab/console ]
  [ ! -e out/lab,serial=false/etc/lab/console ]
}
