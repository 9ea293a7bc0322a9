#!/usr/bin/env bats
# What decides whether a step runs again: nothing that counts is left out, and the store's past is no input.

load helper

# tarball TIME MODE: file.tar.xz with a script of that mode; all its times are TIME
tarball() {
  mkdir -p pkg && printf '#!/bin/sh\n' >pkg/run.sh && chmod "$2" pkg/run.sh && echo run.sh >pkg/name
  tar -cJf file.tar.xz --sort=name --mtime="@$1" pkg
  rm -r pkg
}

# year: that the archive p.tar of the last export bears
year() { tar -tvf out/p.tar --utc --full-time run.sh | grep -o '[0-9]\{4\}-' | head -1; }

@test "a date is that of the sources, whatever runs before stored" {
  tarball 1000000000 644
  cat >k.lua <<'LUA'
recipe "k" { version = "1", license = "MIT", summary = "dates" }
local src = untar "src" { "file.tar.xz", strip = 1 }
local more = write "more" { on = src, path = "more", text = "x" }
return pack "p" { more, name = "p.tar" }
LUA
  jkr run k.lua -o out -D epoch=1700000000
  [ "$(year)" = 2023- ]
  jkr run k.lua -o out
  [ "$(year)" = 2001- ]
  tarball 1300000000 644 # the same files, packed later
  jkr run k.lua -o out
  [ "$(year)" = 2011- ]
  [ "$(state more k.lua)" = cached ]
}

@test "the mode of a file in a result counts" {
  cat >k.lua <<'LUA'
recipe "k" { version = "1", license = "MIT", summary = "modes" }
local src = untar "src" { "file.tar.xz", strip = 1 }
return copy "c" { src / "run.sh" }
LUA
  tarball 1000000000 644
  jkr run k.lua -o out
  [ ! -x out/run.sh ]
  tarball 1000000000 755
  jkr run k.lua -o out
  [ -x out/run.sh ]
}

@test "lists do without what is skipped, also beside a text" {
  tarball 1000000000 644
  cat >k.lua <<'LUA'
recipe "k" { version = "1", license = "MIT", summary = "texts" }
local src = untar "src" { "file.tar.xz", strip = 1 }
local no = fetch "no" { file = "not-there", get = "ask", optional = true }
local d = copy "d" { no, src }
return copy "c" { d, no, exclude = text(src / "name") }
LUA
  jkr run k.lua -o out
  [ "$(ls out)" = name ]
  [ "$(state no k.lua)" = skipped ]
}

@test "a step of a tree that has nothing left to take in leaves the tree as it is; one that stands alone is skipped" {
  cat >k.lua <<'LUA'
recipe "k" { version = "1", license = "MIT", summary = "optional" }
local no = fetch "no" { file = "not-there", get = "ask", optional = true }
local all = tree "all" {
  write { path = "a", text = "1" },
  copy { no, into = "x" },
  copy { no / "part", into = "y" },
  write { path = "b", text = "2" },
}
local alone = copy "alone" { no }
return { all, copy "c" { all, alone, into = "c" } }
LUA
  jkr run k.lua -q -o out
  [ "$(cd out && find . -type f | sort | tr '\n' ' ')" = "./a ./b ./c/a ./c/b " ]
  [ "$(state alone k.lua)" = skipped ]
  [ "$(state all/4-write k.lua)" = cached ]
  # staged at last, it is taken in
  echo x >not-there
  [ "$(state all/2-copy k.lua)" = after ]
  sed -i '/"part"/d' k.lua
  jkr run k.lua -q -o out
  [ "$(cat out/x/not-there out/c/not-there)" = $'x\nx' ]
}

@test "what a text turns out to be is checked like what is written" {
  tarball 1000000000 644
  cat >k.lua <<'LUA'
recipe "k" { version = "1", license = "MIT", summary = "texts" }
local src = untar "src" { "file.tar.xz", strip = 1 }
return run_in_container "r" { "true", toolchain = src, cwd = text(src / "name") }
LUA
  run jkr run k.lua
  [ "$status" = 2 ]
  [[ $output == *"error[E0320]: \`cwd\` is a path inside the sandbox"*"--> k.lua:3:"* ]]
}

@test "a staged file may go when its result is stored, unless it is optional" {
  echo big >big
  cat >k.lua <<'LUA'
recipe "k" { version = "1", license = "MIT", summary = "staged" }
local opt = option.bool { "opt", false, "whether the file is optional" }
return copy "c" { fetch "f" { file = "big", get = "ask for it", optional = opt } }
LUA
  jkr run k.lua
  mv big ../big
  jkr run k.lua --locked -o out
  [ "$(cat out/big)" = big ]
  [ "$(state f k.lua -D opt=true)" = skipped ]
  rm -r "$JKR_STORE"
  run jkr run k.lua
  [ "$status" != 0 ]
  [[ $output == *"error[E0909]: the file \`big\` is not staged: ask for it"* ]]
}

@test "a run that waits for a gc plans after it" {
  make_tiny
  jkr run tiny.lua
  exec 8<>"$JKR_STORE/lock/store"
  flock -x 8
  jkr run tiny.lua -o out 8>&- &
  sleep 0.5
  rm -r "$JKR_STORE"/results/* "$JKR_STORE"/trees/* "$JKR_STORE"/layers/*
  flock -u 8
  wait $!
  [ "$(cat out/hello.txt)" = hi ]
}

@test "two artifacts of one name are not exported over each other" {
  cat >k.lua <<'LUA'
recipe "k" { version = "1", license = "MIT", summary = "names" }
local a = write "a" { path = "x/Image", text = "one" }
local b = write "b" { path = "y/Image", text = "two" }
local c = write "c" { path = "Image", text = "one" }
return { a / "x/Image", option.bool { "both", false, "the other too" } and b / "y/Image" or c }
LUA
  jkr run k.lua -o out
  [ "$(cat out/Image)" = one ]
  run jkr run k.lua -o out -D both=true
  [ "$status" = 1 ]
  [[ $output == *"two artifacts are called \`Image\`"* ]]
  [ "$(cat out/Image)" = one ]
  jkr run k.lua -D both=true
}

@test "what turns out to be stored keeps nobody waiting who stands behind it" {
  echo x >file
  cat >k.lua <<'LUA'
recipe "k" { version = "1", license = "MIT", summary = "another key, the same result" }
local x = option.string { "x", "x", "how x is looked for" }
local file = copy "file" { "file" }
local a = edit "a" { "file", on = file, find = x, regex = true, replace = "y" }
local b = copy "b" { a, into = "d" }
return edit "c" { "d/file", on = b, find = "y|" .. x, regex = true, replace = "z" }
LUA
  jkr run k.lua -q
  [ "$(state a k.lua -D 'x=[x]')$(state b k.lua -D 'x=[x]')$(state c k.lua -D 'x=[x]')" = runafterafter ]
  jkr run k.lua -D 'x=[x]' -o out --progress json 2>said
  grep -q '"cached","step":"b"' said
  [ "$(cat out/d/file)" = z ]
  jkr plan k.lua -D 'x=[x]' --fail-if-changes
}

@test "who stands behind a step that cannot be decided is told so" {
  tarball 1000000000 644
  cat >k.lua <<'LUA'
recipe "k" { version = "1", license = "MIT", summary = "texts" }
local src = untar "src" { "file.tar.xz", strip = 1 }
local r = run_in_container "r" { "true", toolchain = src, cwd = text(src / "name") }
return { copy "c" { r }, write "w" { path = "w", text = "w" } }
LUA
  run jkr run k.lua -k --progress json
  [ "$status" = 2 ]
  [[ $output == *'"stopped","step":"c","text":"an input failed"'* ]]
  [[ $output == *'"end","step":"w"'* ]]
}

@test "a check that goes with its inputs has nothing built that nothing else takes in" {
  cat >r.lua <<'LUA'
recipe "r" { version = "1", license = "MIT", summary = "a check that goes with what it looks at" }
local a = write "a" { path = "Image", text = "no kernel" }
local b = write "b" { path = "b", text = "b" }
local look = kernel_image_check "look" { a, with_inputs = true }
copy "behind" { look, with_inputs = true }
return option.bool { "a", false, "a as well" } and { a, b } or b
LUA
  steps() { jkr plan r.lua "$@" --format json | json '" ".join(s["name"] for s in d["steps"])'; }
  [ "$(steps)" = b ]
  [ "$(steps -D a=true)" = "a b look behind" ]
  [ "$(steps look)" = "a look" ]
  jkr run r.lua -o out
  run jkr run r.lua -D a=true -o both
  [ "$status" = 3 ]
  [[ $output == *"r.lua:4:"* ]]
  [ ! -e both ]
}
