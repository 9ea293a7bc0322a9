#!/usr/bin/env bats
# A folder of the project as a source: taken up whole once, then only what differs, with the same results.

load helper

# layers_files: how many files all layers hold
layers_files() { jkr cache stat --format json | json 'd["files"]'; }

# seen: what a step saw of the folder: names, kinds, contents and links
seen() {
  rm -rf out
  jkr run c.lua -o out >run.out || return 1
  sort out/seen
}

make_folder() {
  local i
  mkdir -p src/a/b src/gone
  for ((i = 0; i < 300; i++)); do echo "$i" >"src/a/f$i"; done
  echo x >src/gone/x
  echo y >src/becomes-folder
  mkdir src/becomes-file
  echo z >src/becomes-file/z
  ln -s a/f1 src/link
  { head_of; cat <<'LUA'
return run_in_container "r" { "sh", "-c", "cd /jkr/s; find . -type f -exec cat {} + ; find . | sort", toolchain = img,
  mounts = { ["/jkr/s"] = "src" }, capture = "seen" }
LUA
  } >c.lua
}

change_folder() {
  echo new >src/a/f7
  echo added >src/a/b/added
  rm -r src/gone src/becomes-folder src/becomes-file src/link
  mkdir src/becomes-folder
  echo in >src/becomes-folder/in
  echo file >src/becomes-file
  ln -s a/f2 src/link
  chmod +x src/a/f8
}

@test "of a folder that changed only what differs is copied, and steps see it as it is" {
  make_image sort
  make_folder
  seen >/dev/null
  before=$(layers_files)
  change_folder
  thin=$(seen)
  after=$(layers_files)
  echo "files: $before, then $after"
  [ $((after - before)) -gt 4 ]
  [ $((after - before)) -lt 20 ]
  [[ $(jkr manifest c.lua | json '[s["result"] for s in d["steps"]][-1]') =~ ^[0-9a-f]{64}$ ]]
  mv "$JKR_STORE" "$JKR_STORE.thin"
  [ "$thin" = "$(seen)" ]
  grep -qx added <<<"$thin"
  no grep -q gone <<<"$thin"
}

@test "what is taken up of a folder is the same tree, however it was stacked" {
  make_image sort
  make_folder
  seen >/dev/null
  change_folder
  seen >/dev/null
  thin=$(cd "$JKR_STORE" && find trees -type f)
  rm -rf "$JKR_STORE"
  seen >/dev/null
  [ -n "$thin" ]
  anew=$(cd "$JKR_STORE" && find trees -type f)
  [ -n "$anew" ]
  for tree in $anew; do
    grep -qx "$tree" <<<"$thin"
  done
}

@test "a folder of which much changed is taken up anew, and its old tree need not be there" {
  make_image sort
  make_folder
  seen >/dev/null
  for f in src/a/f1*; do echo other >"$f"; done
  seen >/dev/null
  echo once more >src/a/f5
  before=$(layers_files)
  seen >/dev/null
  [ $(($(layers_files) - before)) -lt 6 ]
  jkr cache gc --max-size 1
  echo and again >src/a/f5
  seen | grep -q 'and again'
}

@test "a folder that changes between plan and copy is said, and taken up by the next run" {
  echo 'return { copy "s" { "src" }, write "a" { path = "a", text = "a" } }' >c.lua
  for change in 'echo more >>src/d/f' 'rm src/d/f' 'rm -r src/d' 'rm -r src/d; echo file >src/d' 'ln -sf /etc/passwd src/g'; do
    rm -rf "$JKR_STORE" && mkdir -p src/d && echo one >src/d/f && echo two >src/g
    jkr run c.lua a
    hold s c.lua
    "$JKR" run c.lua s --progress plain 8>&- >log 2>&1 &
    wait_for "another run works on it" log
    eval "$change"
    exec 8>&-
    status=0
    wait $! || status=$?
    cat log
    [ "$status" = 1 ]
    grep -q 'error\[E0304\].*src.*changed during the run' log
    jkr run c.lua s -o out
    diff -r --no-dereference src out
    jkr cache verify
    rm -rf out src
  done
}

@test "a copy of only some files is the same result while those are the same, and what takes it in does not run" {
  mkdir -p src/scripts
  for ((i = 0; i < 300; i++)); do echo "$i" >"src/f$i.c"; done
  echo config >src/Kconfig
  echo run >src/scripts/run
  cat >c.lua <<'LUA'
local some = copy "some" { "src", only = { "Kconfig*", "scripts" } }
return pack "all" { some, name = "all.tar" }
LUA
  run jkr run c.lua -o out
  [ "$status" = 0 ]
  [ "$(tar tf out/all.tar | sort | tr '\n' ' ')" = "Kconfig scripts/ scripts/run " ]
  before=$(layers_files)
  echo changed >src/f7.c
  run jkr run c.lua -o out
  echo "$output"
  [ "$status" = 0 ]
  [[ $output == *"some: done"* ]]
  [[ $output != *"all: begins"* ]]
  [ "$(layers_files)" = "$((before + 1))" ] # of the folder; what the copy holds is there
  echo changed >src/scripts/run
  run jkr run c.lua -o out
  [[ $output == *"all: done"* ]]
  [ "$(tar xOf out/all.tar scripts/run)" = changed ]
}
