#!/usr/bin/env bats
# farm.bats: jkr run --on: steps run by `jkr worker`, started by a command of the configuration; everything between through a folder.
# A machine here is a store of its own. tests/farm does the same on a real Slurm.

load helper

setup_farm() {
  export XDG_CONFIG_HOME=$work/config
  mkdir -p "$XDG_CONFIG_HOME/jkr" bin
  cache=file://$work/cache
  # a command that does to the worker what a test says: sees its name of the try in $work/tries
  cat >bin/front <<SH
#!/bin/bash
echo "\$*" >>"$work/commands"
echo try >>"$work/tries"
[ ! -e "$work/trick" ] || . "$work/trick"
exec env -i PATH="\$PATH" JKR_STORE="$work/other" "\$@"
SH
  chmod +x bin/front
  cat >"$XDG_CONFIG_HOME/jkr/config.yaml" <<YAML
executors:
  farm: {prefix: "$PWD/bin/front", jkr: "$JKR", steps: all, slots: 4}
  placed: {prefix: "$PWD/bin/front --cpus={cpus} --mem={mem_mb} -C={features} -x={avoid} -J={step}", jkr: "$JKR", steps: all}
YAML
  cat >a.lua <<'LUA'
recipe "a" { version = "1", license = "MIT", summary = "steps for a farm" }
local w = write "w" { path = "w", text = "hello\n" }
local t = tree "t" { copy { w, "extra.txt" }, edit { "w", find = "hello", replace = "far" } }
return bundle "b" { t }
LUA
  echo extra >extra.txt
}

@test "steps are run elsewhere, and a second run has nothing to do" {
  setup_farm
  run jkr run a.lua --on farm --cache "$cache" -o out --progress plain
  echo "$output"
  [ "$status" = 0 ]
  [ "$(cat out/w out/extra.txt)" = $'far\nextra' ]
  [ "$(grep -c ': on ' <<<"$output")" = 4 ]
  [ "$(wc -l <"$work/tries")" = 4 ]
  # nothing of it was built here: this store's records name the cache's
  [ "$(find "$work/other/results" -type f | wc -l)" = 4 ]
  jkr plan a.lua --fail-if-changes
  # equal to the bytes with what is built here
  JKR_STORE=$work/third jkr run a.lua -o here -q
  diff -r here out
}

@test "why: the record of a step that was made there has the command line of the run that asked for it" {
  setup_farm
  sed -i '1a option.string { "word", "x", "not used" }' a.lua
  jkr run a.lua -D 'word=two words' --on farm --cache "$cache" -q
  jkr why a.lua t/2-edit -D 'word=two words' >why
  cat why
  grep -q "on $(uname -n) by \`jkr run a.lua -D 'word=two words'\`" why
  # whoever gets it from the cache is told the same
  JKR_STORE=$work/third jkr why a.lua t/2-edit --cache "$cache" | grep -q "by \`jkr run a.lua -D 'word=two words'\`"
  # it is in no key: the same step by another command is the same result
  jkr plan a.lua --fail-if-changes
}

@test "the step's mistake is the same as here, and its log comes back" {
  setup_farm
  sed -i 's/find = "hello"/find = "nothing"/' a.lua
  run jkr run a.lua -q
  here=$(grep -v 'the whole log' <<<"$output")
  rm -rf "$JKR_STORE"
  run jkr run a.lua -q --on farm --cache "$cache"
  echo "$output"
  [ "$status" = 1 ]
  [ "$(grep -v 'the whole log' <<<"$output")" = "$here" ]
  [ "$(grep -c . "$work/tries")" = 3 ] # a failure is not tried again
}

@test "a lost step is tried once more" {
  setup_farm
  # shellcheck disable=SC2016
  echo '[ "$(wc -l <"'"$work"'/tries")" -gt 1 ] || exit 0' >"$work/trick"
  run jkr run a.lua --on farm --cache "$cache" -o out --progress plain
  echo "$output"
  [ "$status" = 0 ]
  [[ $output == *"w: lost: tried once more"* ]]
  [ "$(cat out/w)" = far ]
  [ "$(wc -l <"$work/tries")" = 5 ]
}

@test "a step that is lost twice ends the run with 7, whatever the command's status" {
  setup_farm
  echo 'exit 0' >"$work/trick"
  run jkr run a.lua --on farm --cache "$cache" --progress plain
  echo "$output"
  [ "$status" = 7 ]
  [[ $output == *"error[E0331]: step \`w\` was lost 2 times on \`farm\`"* ]]
  [ "$(wc -l <"$work/tries")" = 2 ]
}

@test "a command that fails after the result is there did its work" {
  setup_farm
  # shellcheck disable=SC2016
  echo 'env -i PATH="$PATH" JKR_STORE='"$work/other"' "$@"; exit 9' >"$work/trick"
  jkr run a.lua --on farm --cache "$cache" -o out -q
  [ "$(cat out/w)" = far ]
}

@test "the next try avoids the machine where a step was lost; words without a value are left out" {
  setup_farm
  sed -i 's/return bundle "b" { t }/return write "p" { path = "p", text = "p", cpus = 3, memory = "1500M", features = { "dt", "x86" } }/' a.lua
  # shellcheck disable=SC2016
  cat >"$work/trick" <<'SH'
while [[ $1 == -* ]]; do shift; done
if [ "$(wc -l <"$work_tries")" = 1 ]; then
  echo "@jkr node n7"
  exit 0
fi
SH
  sed -i "s,\$work_tries,$work/tries," "$work/trick"
  jkr run a.lua p --on placed --cache "$cache" -q
  cat "$work/commands"
  sed -n 1p "$work/commands" | grep -qe '^--cpus=3 --mem=1500 -C=dt&x86 -J=p /'
  sed -n 2p "$work/commands" | grep -qe '^--cpus=3 --mem=1500 -C=dt&x86 -x=n7 -J=p /'
  sed -i 's/, cpus = 3, memory = "1500M", features = { "dt", "x86" }//; s/text = "p"/text = "q"/' a.lua
  jkr run a.lua p --on placed --cache "$cache" -q
  sed -n 3p "$work/commands" | grep -qe '^--cpus=1 -J=p /'
}

@test "what is lost of the cache is sent again" {
  setup_farm
  jkr run a.lua w --on farm --cache "$cache" -q
  rm -rf "$work/cache" "$work/other"
  run jkr run a.lua --on farm --cache "$cache" -o out --progress plain
  echo "$output"
  [ "$status" = 0 ]
  [ "$(cat out/w)" = far ]
}

@test "without the cache the run goes on here" {
  setup_farm
  # the cache goes away under the worker
  echo 'rm -rf '"$work/cache"'; echo file >'"$work/cache" >"$work/trick"
  run jkr run a.lua --on farm --cache "$cache" -o out --progress plain
  echo "$output"
  [ "$status" = 0 ]
  [ "$(cat out/w)" = far ]
  [[ $output == *"it runs here"* ]]
  [ "$(wc -l <"$work/tries")" = 1 ]
}

@test "an interrupted run ends its commands" {
  setup_farm
  echo 'echo $$ >'"$work/pid"'; exec sleep 1000' >"$work/trick"
  "$JKR" run a.lua --on farm --cache "$cache" -q 3>&- &
  for _ in $(seq 200); do [ ! -s "$work/pid" ] || break; sleep 0.05; done
  kill -TERM $!
  wait $! || status=$?
  [ "$status" = 143 ]
  no kill -0 "$(cat "$work/pid")"
}

@test "what cannot travel is run here" {
  setup_farm
  mkdir folder && echo f >folder/f
  cat >b.lua <<'LUA'
recipe "b" { version = "1", license = "MIT", summary = "steps that stay" }
local c = copy "c" { "folder" }
local e = tree "e" { c, edit { "f", find = "f", replace = "g" } }
return bundle "x" { e, build_manifest "m" { e } }
LUA
  run jkr run b.lua --on farm --cache "$cache" -o out --progress plain
  echo "$output"
  [ "$status" = 0 ]
  [ "$(cat out/f)" = g ]
  [ "$(grep -c ': on ' <<<"$output")" = 2 ]
}

@test "a worker refuses what is no step, and what is another step here" {
  setup_farm
  run jkr worker abc --cache "$cache"
  [ "$status" = 2 ]
  run jkr worker "$(printf '0%.0s' {1..64})/10" --cache "$cache"
  echo "$output"
  [ "$status" = 7 ]
  mkdir -p "$work/cache/cas"
  printf 'jkr parcel 1\nxxxxxxxx' >x
  sum=$(sha256sum x | cut -d ' ' -f 1)
  cp x "$work/cache/cas/$sum"
  run jkr worker "$sum/$(stat -c %s x)" --cache "$cache"
  echo "$output"
  [ "$status" = 1 ]
  [[ $output == *"what was sent to be run is no step"* ]]
}

@test "several run at once, no more than there are slots" {
  setup_farm
  { echo 'local v = {}'; echo 'for i = 1, 12 do v[i] = write("s" .. i) { path = "f" .. i, text = "x" .. i } end'; echo 'return bundle "all" { v }'; } >c.lua
  # shellcheck disable=SC2016
  echo 'mkdir -p '"$work"'/now; touch '"$work"'/now/$$; ls '"$work"'/now | wc -l >>'"$work"'/most; env -i PATH="$PATH" JKR_STORE='"$work/other"' "$@"; rm '"$work"'/now/$$; exit' >"$work/trick"
  jkr run c.lua --on farm --cache "$cache" -q -j1
  [ "$(sort -n "$work/most" | tail -1)" -le 4 ]
  [ "$(sort -n "$work/most" | tail -1)" -ge 2 ]
  [ "$(wc -l <"$work/tries")" = 13 ] # none ran twice
}

@test "a matrix goes to a farm: what rows share is run there once, and each is what it is here" {
  setup_farm
  cat >board.lua <<'LUA'
recipe "board" { version = "1", license = "MIT", summary = "one of two boards" }
local board = option.choice { "board", { "nx", "agx" }, "which board" }
local src   = write "src" { path = "a.c", text = "source\n" }
return bundle "image" { src, write "only" { path = "board", text = board } }
LUA
  printf 'boards:\n  nx: {recipe: board.lua, options: {board: nx}}\n  agx: {recipe: board.lua, options: {board: agx}}\n' >boards.yaml
  jkr run --matrix boards.yaml --on farm --cache "$cache" -o out
  [ "$(wc -l <"$work/tries")" = 5 ] # src once, only and image of each
  [ "$(cat out/nx/board out/agx/board)" = nxagx ]
  JKR_STORE=$work/third jkr run --matrix boards.yaml -o here -q
  diff -r here out
}
