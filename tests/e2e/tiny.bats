#!/usr/bin/env bats
# The contract that others script against, on the smallest recipe.

load helper

@test "a first run builds, a second has nothing to do" {
  make_tiny
  run jkr run tiny.lua
  [ "$status" = 0 ]
  run jkr plan tiny.lua --format json
  [ "$status" = 0 ]
  [ "$(json 'd["summary"]["cached"] == len(d["steps"])' <<<"$output")" = True ]
  run jkr plan tiny.lua --fail-if-changes
  [ "$status" = 0 ]
  [[ $output == *"nothing to do"* ]]
}

@test "the plan has the documented shape" {
  make_tiny
  jkr plan tiny.lua --format json >plan.json
  [ "$(json 'd["recipe"], d["version"]' <plan.json)" = "('tiny', '1')" ]
  [ "$(json '[s["name"] for s in d["steps"]]' <plan.json)" = "['a', 'src', 'fix', 'tiny']" ]
  [ "$(json '[s["state"] for s in d["steps"]]' <plan.json)" = "['run', 'run', 'after', 'after']" ]
  [ "$(json '[s["inputs"] for s in d["steps"]]' <plan.json)" = "[[], [], ['src'], ['a', 'fix']]" ]
  [ "$(json '[s["place"] for s in d["steps"]]' <plan.json)" = "['tiny.lua:2', 'tiny.lua:3', 'tiny.lua:4', 'tiny.lua:5']" ]
  [ "$(json 'all(len(s["key"]) == 64 for s in d["steps"][:2]), d["steps"][2]["key"]' <plan.json)" = "(True, None)" ]
  [ "$(json 'd["steps"][0]["reason"] != "", d["steps"][0]["primitive"]' <plan.json)" = "(True, 'write')" ]
  [ "$(json 'd["summary"]["run"], d["summary"]["after"], d["summary"]["cached"], d["summary"]["skipped"]' <plan.json)" = "(2, 2, 0, 0)" ]
}

@test "artifacts are listed with name, path, sha256 and size, and are what was asked" {
  make_tiny
  jkr run tiny.lua --format json >run.json 2>/dev/null
  [ "$(json 'sorted(a["name"] for a in d["artifacts"])' <run.json)" = "['README', 'hello.txt']" ]
  for i in 0 1; do
    path=$(json "d['artifacts'][$i]['path']" <run.json)
    [ "$(sha256sum <"$path" | cut -d' ' -f1)" = "$(json "d['artifacts'][$i]['sha256']" <run.json)" ]
    [ "$(stat -c %s "$path")" = "$(json "d['artifacts'][$i]['size']" <run.json)" ]
  done
}

@test "-o exports, and exports again" {
  make_tiny
  jkr run tiny.lua -o ../out/deep
  printf 'one\nTWO\nthree\n' | cmp - ../out/deep/README
  printf 'hi\n' | cmp - ../out/deep/hello.txt
  echo changed >../out/deep/README
  jkr run tiny.lua -o ../out/deep
  printf 'one\nTWO\nthree\n' | cmp - ../out/deep/README
}

@test "a step that is named is what is built and exported" {
  make_tiny
  jkr run tiny.lua src -o out
  [ "$(ls out)" = "README
other" ]
  [ "$(state fix tiny.lua)" = run ]
}

@test "a tree that is named is exported as what it gives, not with the steps on the way" {
  cat >t.lua <<'LUA'
local all = tree "all" { write { path = "d/a", text = "1" }, write { path = "d/b", text = "2" }, write { path = "d/a", text = "3" } }
return write "other" { on = all, path = "c", text = "4" }
LUA
  jkr run t.lua all -q -o out
  [ "$(cd out && grep -r . | sort | tr '\n' ' ')" = "d/a:3 d/b:2 " ]
}

@test "without its first line the file gives the name" {
  make_tiny
  sed -i 1d tiny.lua
  jkr run tiny.lua
  [ "$(jkr plan tiny.lua --format json | json 'd["recipe"]')" = tiny ]
}

@test "a dry run writes nothing, and says what a run does" {
  make_tiny
  find . | sort >../before
  jkr plan tiny.lua
  run jkr run -n tiny.lua
  [ "$status" = 0 ]
  [ ! -e "$JKR_STORE" ]
  find . | sort >../after
  cmp ../before ../after
  run jkr plan tiny.lua --fail-if-changes
  [ "$status" = 4 ]
}

@test "a changed patch runs what takes it in, and adds a few files" {
  make_tiny
  jkr run tiny.lua
  before=$(find "$JKR_STORE/layers" | wc -l)
  sed -i s/TWO/ZWEI/ fix.patch
  [ "$(state src tiny.lua)" = cached ]
  [ "$(state fix tiny.lua)" = run ]
  [ "$(state tiny tiny.lua)" = after ]
  [[ $(jkr plan tiny.lua) == *'file `fix.patch` changed'* ]]
  jkr run tiny.lua -o out
  grep -q ZWEI out/README
  after=$(find "$JKR_STORE/layers" | wc -l)
  [ $((after - before)) -lt 14 ]
}

@test "another name for a step or a variable rebuilds nothing" {
  make_tiny
  jkr run tiny.lua
  sed -i 's/"src"/"source"/; s/\bsrc\b/sources/g; s/"fix"/"mended"/' tiny.lua
  run jkr plan tiny.lua --fail-if-changes
  [ "$status" = 0 ]
  sed -i s/TWO/ZWEI/ fix.patch
  jkr run tiny.lua
  # the reason names what the step is called now
  sed -i 's/strip = 1/strip = 1, skip = "pkg\/other"/' tiny.lua
  jkr run tiny.lua source
  [[ $(jkr plan tiny.lua mended) == *'the result of `source` changed'* ]]
}

@test "a change that makes no difference stops at once" {
  make_tiny
  jkr run tiny.lua
  # the same change under another description: the result of `fix` is equal, so the bundle stays
  { echo "Another description"; cat fix.patch; } >x && mv x fix.patch
  jkr run tiny.lua 2>log
  if grep -E '^[^ ]+ tiny: begins' log; then false; fi
  grep -q 'fix: begins' log
  [ "$(state tiny tiny.lua)" = cached ]
}

@test "keys do not depend on umask, time zone, home, locale, user's name or folder" {
  make_tiny
  jkr plan tiny.lua --format json | json '[s["key"] for s in d["steps"]]' >one
  mkdir -p ../elsewhere && cp -r . ../elsewhere/copy
  (
    umask 077
    cd ../elsewhere/copy
    TZ=Asia/Tokyo HOME=/nonexistent LC_ALL=tr_TR.UTF-8 LANG=de_DE USER=other LOGNAME=other \
      "$JKR" plan tiny.lua --format json
  ) | json '[s["key"] for s in d["steps"]]' >two
  cmp one two
}

@test "results do not depend on them either" {
  make_tiny
  jkr run tiny.lua
  jkr manifest tiny.lua | json '[s.get("result") for s in d["steps"]]' >one
  (umask 077 && TZ=Asia/Tokyo HOME=/nonexistent JKR_STORE=$work/other "$JKR" run tiny.lua)
  JKR_STORE=$work/other jkr manifest tiny.lua | json '[s.get("result") for s in d["steps"]]' >two
  cmp one two
}

@test "a wrong hash fails, names the line, and stores nothing" {
  make_tiny
  printf 'more' >>file.tar.xz
  run jkr run tiny.lua
  [ "$status" = 1 ]
  [[ $output == *tiny.lua:3* ]]
  [ "$(state src tiny.lua)" = run ]
}

@test "a step that fails lets others finish with -k" {
  make_tiny
  sed -i 's/^ one/ eins/' fix.patch
  sed -i 's/^return.*/return bundle "tiny" { a, fix \/ "README", write "late" { path = "z", text = "z" } }/' tiny.lua
  run jkr run tiny.lua -k -j1
  [ "$status" = 1 ]
  [[ $output == *"tiny.lua:4"* ]]
  [ "$(state late tiny.lua)" = cached ]
  [ "$(state fix tiny.lua)" = run ]
}

@test "why, log, manifest, graph and ls answer" {
  make_tiny
  jkr run tiny.lua
  sed -i s/TWO/DOS/ fix.patch
  run jkr why tiny.lua fix
  [ "$status" = 0 ]
  [[ $output == *fix.patch* ]]
  jkr manifest tiny.lua | json 'd["steps"][1]["record"]' >/dev/null
  [ "$(jkr manifest tiny.lua | json 'd["complete"]')" = False ]
  [[ $(jkr graph tiny.lua --dot) == digraph* ]]
  [[ $(jkr graph tiny.lua --mermaid) == "graph LR"* ]]
  [ "$(jkr ls steps tiny.lua | wc -l)" = 4 ]
}

@test "why of a step: lines of both keys, and which run on which machine made what it compares with" {
  make_tiny
  sed -i 's/^local a .*/local text = option.string { "text", "hi", "what a says" }\nlocal a = write "a" { path = "hello.txt", text = text }/' tiny.lua
  jkr run tiny.lua -q
  jkr run tiny.lua -q -D text=ho
  run jkr why tiny.lua a
  [ "$status" = 0 ]
  grep -q "^result .* on $(hostname) by \`jkr run tiny.lua\`$" <<<"$output"
  grep -q "^since it last ran, .* by \`jkr run tiny.lua -D text=ho\`:$" <<<"$output"
  grep -qxF '  - param text = "ho"' <<<"$output"
  grep -qxF '  + param text = "hi"' <<<"$output"
  sed -i s/TWO/DOS/ fix.patch
  run jkr why tiny.lua fix
  grep -q '^  + file patches "fix.patch" .* (`fix.patch`)$' <<<"$output"
  [ "$(jkr why tiny.lua fix --format json | json 'd[0]["state"] + d[0]["last"]["run"] + d[0]["lines"][1]["name"]')" = runtiny.luafix.patch ]
}

@test "why of a file: who made it, changed it, passed it on, and which patch touched it" {
  make_tiny
  jkr run tiny.lua -q -o out
  for file in README out/README; do
    run jkr why tiny.lua "$file"
    [ "$status" = 0 ]
    [[ ${lines[0]} == "README in tiny: 14 B, sha256 "* ]]
    [[ ${lines[1]} == "  made by src (untar, tiny.lua:3), "* ]]
    [ "${lines[2]}" = '    from the file `file.tar.xz`' ]
    [[ ${lines[3]} == "  changed by fix (patch, tiny.lua:4), "* ]]
    [ "${lines[4]}" = '    by `fix.patch`' ]
    [[ ${lines[6]} == "  passed on by tiny (copy, tiny.lua:5), "* ]]
    [ "${#lines[@]}" = 7 ]
  done
  jkr why tiny.lua other --format json | json '[s["how"] + s["step"] for s in d[0]["steps"]]' | grep -qxF "['madesrc', 'passedfix']"
  echo else >out/README
  run jkr why tiny.lua out/README
  [ "$status" = 0 ]
  [[ ${lines[0]} == 'note: `out/README` here holds other bytes than any result'* ]]
  run jkr why tiny.lua READMI
  [ "$status" = 2 ]
  [[ $output == *'no result that is built holds a file `READMI` either'* ]]
}

@test "damage to the store is found, never used, and mended" {
  make_tiny
  jkr run tiny.lua -o out
  file=$(find "$JKR_STORE/layers" -type f -name README | head -1)
  chmod u+w "$file"
  echo damaged >"$file"
  run jkr cache verify
  [ "$status" = 3 ]
  run jkr cache verify --repair
  [ "$status" = 3 ]
  jkr run tiny.lua -o out
  printf 'one\nTWO\nthree\n' | cmp - out/README
  jkr cache verify
}

@test "cache stat and gc: a garbage collection keeps what a recipe needs" {
  make_tiny
  jkr run tiny.lua
  jkr cache stat --format json | json 'd["results"]' | grep -qx 4
  jkr cache gc
  [ "$(state tiny tiny.lua)" = cached ]
}

@test "wrong commands and options are explained, with exit status 2" {
  for line in "rnu tiny.lua" "run --jbos 2 tiny.lua" "run" "plan nothing-there.lua" "run --progress loud x.lua"; do
    # shellcheck disable=SC2086
    run jkr $line
    [ "$status" = 2 ]
    [[ $output == error* ]]
  done
  [[ $(jkr rnu 2>&1 || true) == *"did you mean"* ]]
}
