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

@test "half of a file that a rule left when it failed is not taken by the next run" {
  compiles
  printf '/jkr/build/out: in\n\techo half > $@\n\tcat /jkr/src/missing >> $@\n' >src/Makefile
  echo a >src/in
  no jkr run c.lua -o out
  no jkr run c.lua -o out
  echo whole >src/missing
  jkr run c.lua -o out
  [ "$(cat out/out)" = "$(printf 'half\nwhole')" ]
}

@test "what modpost warns of is a failure in the next run as well, which has nothing to make" {
  compiles
  printf '/jkr/build/out: in\n\tcat in > $@; echo "WARNING: modpost: \\"f\\" [x.ko] undefined!"\n' >src/Makefile
  echo a >src/in
  no jkr run c.lua -o out
  no jkr run c.lua -o out
  sed 's/outputs/allow_warnings = true, &/' c.lua >allowed.lua
  jkr run allowed.lua -o out
  cp allowed.lua both.lua && mv both.lua c.lua
  jkr run c.lua -o out
  sed -i 's/allow_warnings = true, //' c.lua
  no jkr run c.lua -o out
}

@test "also when make failed at something else in between" {
  compiles
  printf '/jkr/build/out: /jkr/build/x.ko missing\n\tcat missing > $@\n/jkr/build/x.ko: in\n\tcat in > $@; echo "WARNING: modpost: \\"f\\" [x.ko] undefined!"\n' >src/Makefile
  echo a >src/in
  no jkr run c.lua -o out
  echo b >src/missing
  run jkr run c.lua -o out
  echo "$output"
  [ "$status" = 1 ]
  [[ $output == *E0319* ]]
}

@test "a pattern takes what this build made, not what one before it left" {
  compiles
  printf 'include list\nall: $(LIST:%%=/jkr/build/%%)\n/jkr/build/%%: in\n\tcat in > $@\n' >src/Makefile
  echo x >src/in
  echo 'LIST := a.ko b.ko' >src/list
  sed -i 's/out = "out"/all = "*.ko"/' c.lua
  jkr run c.lua -o out
  [ "$(echo out/all/*)" = 'out/all/a.ko out/all/b.ko' ]
  echo 'LIST := a.ko' >src/list
  jkr run c.lua -o out
  [ "$(echo out/all/*)" = out/all/a.ko ]
}

@test "a source that is shown read-only: what writes into it fails, what changed in it is seen" {
  compiles
  sed -i 's/toolchain = img,/toolchain = img, readonly = true,/' c.lua
  printf '/jkr/build/out: in rule\n\t$(shell cat rule)\n\tcat in > $@\n' >src/Makefile
  echo a >src/in; : >src/rule
  jkr run c.lua -o out
  [ "$(cat out/out)" = a ]
  echo b >src/in # with a time of its own, above the tree
  jkr run c.lua -o out
  [ "$(cat out/out)" = b ]
  echo 'echo mine >in' >src/rule
  for fresh in '' --fresh; do # above an overlay, and the layer by itself
    run jkr run c.lua -o out $fresh
    [ "$status" = 1 ]
    [[ $output == *"Read-only file system"* ]]
    [ "$(cat src/in)" = b ]
  done
  sed -i 's/ readonly = true,//' c.lua
  jkr run c.lua -o out
  [ "$(cat out/out)" = mine ]
  [ "$(cat src/in)" = b ]
}

# shown NAME…: the files that were mounted in /jkr/src when `out` was made; `overlay` where the source itself was one
shown() {
  local seen
  seen=$(sed -n 's,^\S* \S* \S* \S* /jkr/src\(/*\)\(\S*\) .* - \(\S*\) .*,\1\2 \3,p' out/mounts |
    sed 's,^ overlay$,overlay,; s,^ .*,,; s,^/\(.*\) .*,\1,' | tr -s '\n' ' ')
  [ "${seen# }" = "$*${*:+ }" ] || { echo "mounted: $seen"; return 1; }
}

@test "a source that is shown read-only: files that changed are bound over it, anything else needs an overlay" {
  compiles
  sed -i 's/toolchain = img,/toolchain = img, readonly = true,/; s/out = "out"/out = "out", mounts = "mounts"/' c.lua
  printf '/jkr/build/out: in sub/in $(wildcard more) FORCE\n\tcat $(filter-out FORCE,$^) >$@\n\tcat /proc/self/mountinfo >/jkr/build/mounts\nFORCE:\n' >src/Makefile
  mkdir src/sub
  echo a >src/in; echo a >src/sub/in
  seq 40 | (cd src && split -l1 - many.) # most of the folder stays as it was
  jkr run c.lua -o out
  shown
  echo b >src/sub/in
  jkr run c.lua -o out
  shown sub/in
  [ "$(cat out/out)" = 'a
b' ]
  echo c >src/in
  jkr run c.lua -o out
  shown in sub/in
  [ "$(cat out/out)" = 'c
b' ]
  echo new >src/more
  jkr run c.lua -o out
  shown overlay
  [ "$(cat out/out)" = 'c
b
new' ]
  rm src/more
  for f in src/many.a[a-n]; do echo other >"$f"; done # with the two others as many as are bound
  jkr run c.lua -o out
  shown in "$(cd src && echo many.a[a-n])" sub/in
  for f in src/many.a[a-o]; do echo another >"$f"; done # one more
  jkr run c.lua -o out
  shown overlay
  rm src/many.aa # from the tree and from the folder of what is fresh
  echo d >src/in
  jkr run c.lua -o out
  shown overlay
  [ "$(cat out/out)" = 'd
b' ]
}

@test "outputs that make did not make again are taken from the build directory, and not what a rule took away" {
  make_image rm mkdir cp
  mkdir src
  cat >src/Makefile <<'MAKE'
/jkr/build/out: in rule /jkr/build/d/old /jkr/build/e/old
	cp in $@
	$(shell cat rule)
/jkr/build/%/old:
	mkdir -p /jkr/build/$* && echo $* >$@
MAKE
  { head_of; cat <<'LUA'
return make_in_container "m" { "src", toolchain = img, outputs = { out = "out", d = "d/old", e = "e/old" } }
LUA
  } >c.lua
  echo a >src/in; : >src/rule
  jkr run c.lua -o out
  echo b >src/in
  jkr run c.lua -o out
  [ "$(cat out/out out/d out/e)" = "b
d
e" ]
  run jkr log c.lua m
  [[ $output != *"copy of the outputs"* ]]
  for rule in 'rm /jkr/build/d/old' 'rm -r /jkr/build/d' 'rm -r /jkr/build/d; mkdir /jkr/build/d'; do
    echo "$rule" >src/rule
    run jkr run c.lua -o out
    [ "$status" = 1 ]
    [[ $output == *"d/old"* ]]
    : >src/rule
    jkr run c.lua -o out # what is not there any more is made
  done
}
