#!/usr/bin/env bats
# The edit loop: a checkout of a step's tree, the folder in the place of its result, edits back as patches.

load helper

# make_app: a tree that a patch completes, and a make that builds from it
make_app() {
  make_image sed
  mkdir app && printf 'one\ntwo\nthree\n' >app/text && printf 'x\n' >app/other
  printf 'all: out/text\nout/text: text\n\tmkdir -p out\n\tsed s/^/:/ text >$@\nfail:\n\tfalse\ntext.up: text\n\tcp $< $@\n' >app/Makefile
  mkdir app/empty && echo quiet >app/.hidden && chmod +x app/other && ln -s text app/link
  tar -cf app.tar app
  rm -r app
  mkdir -p patches
  cat >patches/0001-two.patch <<'PATCH'
--- a/text
+++ b/text
@@ -1,3 +1,3 @@
 one
-two
+TWO
 three
PATCH
  echo 0001-two.patch >patches/series
  { head_of; cat <<LUA
local src = tree "src" {
  untar { "app.tar", sha256 = "$(sha256sum app.tar | cut -d' ' -f1)", strip = 1 },
  patch { series = "patches/series" },
}
local app = make_in_container "build" { src, toolchain = img, targets = { "all" }, objdir = false, outputs = { text = "out/text" } }
return bundle "app" { app / "text" }
LUA
  } >app.lua
}

# texts ARGUMENT…: what a run with them gives
texts() {
  rm -rf out
  jkr run app.lua -q -o out "$@" && cat out/text
}

@test "--with builds from the folder, marks what rests on it, and leaves no trace in the recipe's own results" {
  make_app
  clean=$(texts)
  [ "$clean" = ":one
:TWO
:three" ]
  keys=$(jkr plan app.lua --format json | json '[s["key"] for s in d["steps"]]')
  mkdir mine && jkr run app.lua src -q -o mine && [ -e mine/text ]
  printf 'mine\n' >mine/text
  run jkr plan app.lua --with src=mine
  echo "$output"
  [[ $output == *"dirty mine: an edited folder takes its place"* ]]
  jkr plan app.lua --with src=mine --format json >plan.json
  json '[s["name"] for s in d["steps"] if s.get("dirty")]' <plan.json
  [ "$(json '[s.get("dirty", False) for s in d["steps"]][-3:], len(d["steps"])' <plan.json)" = "([True, True, True], 4)" ]
  [ "$(texts --with src=mine)" = ":mine" ]
  run jkr run app.lua --with src=mine
  [[ $output == *"nothing to do"*"dirty"* ]]
  # the recipe's own keys and results are what they were
  [ "$keys" = "$(jkr plan app.lua --format json | json '[s["key"] for s in d["steps"]]')" ]
  jkr plan app.lua --fail-if-changes
  [ "$(texts)" = "$clean" ]
}

@test "a folder has the content of its key, whatever tools leave beside it; a change is built again" {
  make_app
  mkdir mine && jkr run app.lua src -q -o mine
  texts --with src=mine >/dev/null
  git -C mine init -q && mkdir -p mine/.cache/clangd && touch mine/.cache/clangd/i mine/compile_commands.json
  jkr plan app.lua --with src=mine --fail-if-changes
  printf 'three\n' >>mine/text
  run jkr plan app.lua --with src=mine --fail-if-changes
  [ "$status" = 4 ]
  texts --with src=mine | tail -1 | grep -qx :three
  # the folder as it was before has its result still
  sed -i '$d' mine/text
  jkr plan app.lua --with src=mine --fail-if-changes
  # an unchanged folder is no clean recipe
  no jkr plan app.lua --fail-if-changes
}

@test "what a dirty run made says so: plan, run and manifest in JSON, and why" {
  make_app
  mkdir mine && jkr run app.lua src -q -o mine
  jkr run app.lua --with src=mine --format json >run.json
  [ "$(json 'd["dirty"]' <run.json)" = True ]
  jkr manifest app.lua --with src=mine >m.json
  [ "$(json 'd["dirty"], [s["folder"] for s in d["steps"] if "folder" in s]' <m.json)" = "(True, ['mine'])" ]
  [ "$(jkr manifest app.lua | json 'd["dirty"]')" = False ]
  jkr why app.lua build --with src=mine --key | grep -qx dirty
  no grep -qx dirty <(jkr why app.lua build --key)
  texts >/dev/null
  jkr why app.lua build | grep -q 'app.lua:7): cached'
}

@test "a folder that vanished, another's checkout, a step that is no tree: one sentence, and nothing runs" {
  make_app
  mkdir -p mine/.git && printf 'recipe /x.lua\nstep other\nepoch 1\n' >mine/.git/jkr
  for with in src=gone src=app.tar src=mine build=. =mine src nothing=mine; do
    run jkr run app.lua --with "$with"
    echo "$output"
    [ "$status" = 2 ]
    [ "$(grep -c '^error' <<<"$output")" = 1 ]
  done
  [ ! -e "$JKR_STORE/results" ] || [ -z "$(find "$JKR_STORE/results" -type f)" ]
  [ "$(ls -A mine)" = .git ]
}

# edited [OPTION…]: a checkout of the tree of app.lua in ./mine
edited() {
  make_app
  export HOME=$PWD/home GIT_CONFIG_NOSYSTEM=1
  mkdir home && git config --global user.name Ann && git config --global user.email ann@example.org
  jkr edit app.lua src mine -q
}

@test "edit lays the tree with its modes, links and empty folders, as a repository that is clean" {
  edited
  [ "$(cat mine/text)" = "$(printf 'one\nTWO\nthree')" ] && [ -x mine/other ] && [ "$(readlink mine/link)" = text ]
  [ -d mine/empty ] && [ -e mine/.hidden ]
  [ -z "$(git -C mine status --porcelain --ignored)" ]
  [ "$(git -C mine rev-list --count HEAD)" = 1 ]
  [ "$(git -C mine rev-parse HEAD)" = "$(git -C mine rev-parse refs/jkr/base)" ]
  git -C mine fsck --strict
  # what it holds is what the step gives
  jkr run app.lua src -q -o plain
  diff -r --no-dereference -x .git plain mine
  # the same again gives the same commit, whoever asks
  sleep 1
  jkr edit app.lua src again
  [ "$(git -C mine rev-parse HEAD)" = "$(git -C again rev-parse HEAD)" ]
}

@test "the checkout takes the place of the result, with the date of the tree, and warm" {
  edited
  [ "$(texts --with src=mine)" = "$(texts)" ]
  printf 'edited\n' >mine/text
  touch mine/compile_commands.json && mkdir mine/.cache
  no grep -qv text <(git -C mine status --porcelain)
  [ "$(texts --with src=mine)" = ":edited" ]
  epochs=$(jkr why app.lua build --key | grep ^epoch)
  [ -n "$epochs" ] && [ "$epochs" = "$(jkr why app.lua build --key --with src=mine | grep ^epoch)" ]
  # a patch put in between gives the step another number; the checkout is still one of `src`
  sed -i 's/^  patch {/  write { path = "more", text = "m\\n" },\n&/' app.lua
  [ "$(texts --with src=mine)" = ":edited" ]
}

@test "the first edit puts into the store what was edited, and not the tree a second time" {
  make_app
  jkr run app.lua -q -o out
  jkr edit app.lua src work -q
  find "$JKR_STORE/layers" -type f | sort >before
  echo four >>work/text
  texts --with src=work
  find "$JKR_STORE/layers" -type f | sort | comm -13 before - >new
  grep -q '/text$' new
  no grep -E '/(other|Makefile)$' new
}

@test "edit touches nothing that is there, and leaves nothing when it fails" {
  edited
  mkdir full empty && echo mine >full/text
  jkr edit app.lua src empty -q && [ -e empty/text ]
  mkdir -p other/.git && printf 'recipe /x.lua\nstep src\nepoch 1\n' >other/.git/jkr
  for dir in full other app.lua nowhere/deep; do
    run jkr edit app.lua src "$dir"
    echo "$output"
    [ "$status" = 2 ]
    [ "$(grep -c '^error' <<<"$output")" = 1 ]
  done
  [ "$(cat full/text)" = mine ] && [ "$(ls full)" = text ]
  mkdir bin && printf '#!/bin/sh\necho "fatal: no space" >&2\nexit 128\n' >bin/git && chmod +x bin/git
  run env PATH="$PWD/bin:$PATH" "$JKR" edit app.lua src new
  echo "$output"
  [ "$status" = 1 ]
  [[ $output == *"no space"* ]]
  [ ! -e new ] && [ -z "$(find . -maxdepth 1 -name '.jkr*')" ]
}

@test "what a killed edit left goes, a folder that is being laid and others' names stay" {
  edited
  mkdir -p .jkr-edit-abcd2345/.git .jkr-edit-bbbb2345 .jkr-edit-mine
  exec 7<.jkr-edit-bbbb2345 && flock 7
  jkr edit app.lua src new -q
  exec 7<&-
  [ "$(find . -maxdepth 1 -name '.jkr*' | sort | xargs)" = "./.jkr-edit-bbbb2345 ./.jkr-edit-mine" ]
}

# work: two commits and an edit that is not committed, in ./mine
work() {
  sed -i 's/one/ONE/' mine/text
  GIT_AUTHOR_NAME='Jörg Käfer' GIT_AUTHOR_EMAIL=j@example.org GIT_AUTHOR_DATE='@1700000000 +0100' \
    git -C mine commit -qam 'text: shout, part 1

Why it must.'
  git -C mine mv other another && printf 'new\n' >mine/new && chmod +x mine/new && printf '\0\1\2' >mine/blob
  git -C mine add -A && git -C mine commit -qm 'files: move one, add two'
  sed -i 's/three/THREE/' mine/text
  rm mine/.hidden
}

@test "refresh: each commit a patch with its author, what is not committed one more; the recipe gives what the folder held" {
  edited
  work
  dirty=$(texts --with src=mine)
  run jkr refresh app.lua src mine
  echo "$output"
  [ "$status" = 0 ]
  [ "$(cat patches/series)" = "0001-two.patch
0002-text-shout-part-1.patch
0003-files-move-one-add-two.patch
0004-edits-of-src.patch" ]
  [ "$(texts)" = "$dirty" ] && [ "$dirty" = ":ONE
:TWO
:THREE" ]
  jkr run app.lua src -q -o plain
  diff -r --no-dereference -x .git plain mine
  jkr log app.lua src/2-patch | grep -q 'Jörg Käfer <j@example.org>.*text: shout, part 1'
  jkr log app.lua src/2-patch | grep -q 'Ann <ann@example.org>'
  # git takes them as well, into what was there before
  git -C mine checkout -q -b other HEAD~3 && git -C mine am -q "$PWD"/patches/000[234]-*.patch
  [ -z "$(git -C mine diff main)" ] && git -C mine checkout -q main
  [ -z "$(git -C mine status --porcelain)" ]
}

@test "refresh again writes only what is new, from the checkout as it is" {
  edited
  work
  jkr refresh app.lua src mine -q
  series=$(cat patches/series)
  [ "$(jkr refresh app.lua src mine)" = "nothing was edited" ]
  [ "$(cat patches/series)" = "$series" ]
  echo four >>mine/text
  jkr refresh app.lua src mine -q
  [ "$(cat patches/series)" = "$series
0005-edits-of-src.patch" ]
  [ "$(texts | tail -1)" = :four ]
}

@test "refresh beside patches that a pattern names, or into a series of its own, with the line for the recipe" {
  edited
  sed -i 's,patch { series = "patches/series" },patch { "patches/*.patch" },' app.lua
  sed -i 's/three/3/' mine/text
  jkr refresh app.lua src mine | grep -qx patches/0002-edits-of-src.patch
  [ "$(texts | tail -1)" = :3 ]
  # one patch by its name: nothing takes more
  sed -i 's,patch { "patches/\*.patch" },patch { "patches/0001-two.patch" },' app.lua
  jkr edit app.lua src again -q
  sed -i 's/three/drei/' again/text
  line=$(jkr refresh app.lua src again | sed -n 's/^  \(patch .*}\) .*/\1/p')
  [ "$line" = 'patch { series = "patches/src/series" }' ]
  texts | grep -qx :three
  sed -i "s,^}\$,  $line\n}," app.lua
  [ "$(texts | tail -1)" = :drei ]
  echo vier >>again/text
  jkr refresh app.lua src again -q
  [ "$(texts | tail -1)" = :vier ] && [ "$(wc -l <patches/src/series)" = 2 ]
}

# unchanged COMMAND…: fails with one mistake, and neither the project nor the checkout is another afterwards
unchanged() {
  local before after want=$1
  shift
  before=$(git -C mine rev-parse HEAD refs/jkr/base; git -C mine status --porcelain; cat patches/* app.lua; ls . patches)
  run "$@"
  echo "$output"
  [ "$status" = "$want" ]
  [ "$(grep -c '^error' <<<"$output")" = 1 ]
  after=$(git -C mine rev-parse HEAD refs/jkr/base; git -C mine status --porcelain; cat patches/* app.lua; ls . patches)
  [ "$before" = "$after" ]
}

@test "refresh behind patches that apply with an offset: the new ones apply where they say" {
  edited
  # two lines came before those that the recipe's patch knows, and a second series moves them once more
  rm -rf mine app.tar && mkdir app
  { printf '0\n00\none\ntwo\nthree\n' && seq 4 20; } >app/text
  printf 'all: out/text\nout/text: text\n\tmkdir -p out\n\tcp text $@\n' >app/Makefile
  tar -cf app.tar app && rm -r app
  sed -i "s/sha256 = \"[0-9a-f]*\", strip/sha256 = \"$(sha256sum app.tar | cut -d' ' -f1)\", strip/" app.lua
  jkr edit app.lua src mine -q
  jkr log app.lua src/2-patch | grep -q 'offset +2'
  sed -i 's/^TWO$/Two/; s/^12$/twelve/' mine/text
  cp mine/text want
  run jkr refresh app.lua src mine
  echo "$output"
  [ "$status" = 0 ]
  texts | diff want -
  # the first one has its offset still, the new one has none, and git takes it as well
  [ "$(jkr log app.lua src/2-patch | grep -c 'offset +')" = 1 ]
  git -C mine checkout -q -b other HEAD~1 && git -C mine apply --check "$PWD/patches/0002-edits-of-src.patch"
  git -C mine checkout -q -
  # the source moves again: the series still applies, the checkout does not fit it any more, and nothing is written
  mkdir app && { printf 'more\n0\n00\none\ntwo\nthree\n' && seq 4 20; } >app/text && git -C mine show HEAD:Makefile >app/Makefile
  tar -cf app.tar app && rm -r app
  sed -i "s/sha256 = \"[0-9a-f]*\", strip/sha256 = \"$(sha256sum app.tar | cut -d' ' -f1)\", strip/" app.lua
  echo last >>mine/text
  before=$(cat patches/* | sha256sum && git -C mine rev-parse HEAD refs/jkr/base)
  run jkr refresh app.lua src mine
  echo "$output"
  [ "$status" = 1 ]
  [[ $output == *'`text` was edited, and in step `src/2-patch` it is another than before the edits'* ]]
  [ "$(grep -c '^error' <<<"$output")" = 1 ]
  [ "$before" = "$(cat patches/* | sha256sum && git -C mine rev-parse HEAD refs/jkr/base)" ]
}

@test "edits that do not fit any more are one mistake, and nothing is changed" {
  edited
  sed -i 's/one/ONE/' mine/text
  cp app.lua good.lua
  # the recipe has moved on
  sed 's/+TWO/+ZWEI/' patches/0001-two.patch >p && mv p patches/0001-two.patch
  unchanged 1 jkr refresh app.lua src mine
  sed 's/+ZWEI/+TWO/' patches/0001-two.patch >p && mv p patches/0001-two.patch
  # a step behind the patches writes that file
  sed -i 's,^}$,  write { path = "text"\, text = "one\\nTWO\\nthree\\n" }\,\n},' app.lua
  sed -i 's,^  patch,  write { path = "text"\, text = "one\\ntwo\\nthree\\n\\n" }\,\n&,' app.lua
  unchanged 1 jkr refresh app.lua src mine
  cp good.lua app.lua
  # no line of commits
  git -C mine checkout -q -b side && git -C mine commit -qam side && git -C mine checkout -q main
  git -C mine commit -q --allow-empty -m main && git -C mine merge -q side -m merge
  unchanged 1 jkr refresh app.lua src mine
  git -C mine checkout -q --orphan fresh && git -C mine commit -qm fresh
  unchanged 1 jkr refresh app.lua src mine
  git -C mine checkout -q side
  jkr refresh app.lua src mine -q
}

@test "refresh takes edits from its own checkout only" {
  edited
  echo x >mine/text
  cp app.lua other.lua && mkdir plain
  unchanged 2 jkr refresh other.lua src mine
  unchanged 2 jkr refresh app.lua img mine
  unchanged 2 jkr refresh app.lua src gone
  unchanged 2 jkr refresh app.lua src plain
  unchanged 2 jkr refresh app.lua build mine
}

# stored: what the store holds of results and build directories
stored() { (cd "$JKR_STORE" && find results trees layers warm -printf '%p %T@ %s %i\n' | grep -v '\.lock ' | sort); }

@test "-t runs one target of a step's make over its build directory, shows commands with -v, and stores nothing" {
  make_image touch
  mkdir src
  cat >src/Makefile <<'MAKE'
Q := $(if $(V),,@)
all: one.o two.o
%.o: %.c
	$(Q)echo CC $@ ; cp $< $(O)/$@
both: all
	$(Q)cat $(O)/one.o $(O)/two.o
fail:
	$(Q)false
MAKE
  echo 1 >src/one.c && echo 2 >src/two.c
  { head_of; cat <<'LUA'
local src = copy "src" { "src" }
return make_in_container "build" { src, toolchain = img, variables = { ARCH = "arm64" }, targets = { "all" }, outputs = { "one.o", "two.o" } }
LUA
  } >c.lua
  # what it takes in is built first
  run jkr run c.lua build -t one.o -q
  echo "$output"
  [ "$status" = 0 ] && [[ $output == *"CC one.o"* ]] && [[ $output != *"two.o"* ]]
  [ "$(state build c.lua)" = run ] && [ "$(state src c.lua)" = cached ]
  jkr run c.lua -q
  before=$(stored)
  run jkr run c.lua build -t one.o -t two.o -v
  echo "$output"
  [[ $output == *"make --eval=.DELETE_ON_ERROR: -C /jkr/src O=/jkr/build ARCH=arm64 V=1 one.o two.o"* ]]
  [[ $output == *"cp one.c /jkr/build/one.o"* ]] && [[ $output == *"cp two.c"* ]]
  # the objects of the last run are there
  cp -r src mine && echo 3 >mine/two.c
  [[ $(jkr run c.lua build -t both --with src=mine -q) == *"1"*"3"* ]]
  run jkr run c.lua build -t fail -q
  echo "$output"
  [ "$status" = 1 ] && [[ $output == *'`make fail` of step `build` exited with 2'* ]]
  after=$(stored | grep -vF "$(jkr plan c.lua --with src=mine --format json | json '[s["key"] for s in d["steps"] if s["name"] == "src"][0]')")
  diff <(echo "$before" | grep '^warm') <(echo "$after" | grep '^warm')
  [ "$(state build c.lua)" = cached ]
  [ "$(state build c.lua --with src=mine)" = run ]
  for wrong in "c.lua -t all" "c.lua build -t -k" "c.lua build -t O=x" "c.lua src -t all" "c.lua build -t all -o out" "c.lua build -t all -n"; do
    # shellcheck disable=SC2086
    run jkr run $wrong
    [ "$status" = 2 ]
  done
}

@test "compile_commands.json: none before a build, then each file as it was compiled, with paths of this machine" {
  make_image touch
  mkdir -p tree/linux/sub
  cat >tree/linux/Makefile <<'MAKE'
all: one.o sub/two.o
%.o: %.c
	@mkdir -p $(O)/$(@D) && cp $< $(O)/$@
	@echo 'savedcmd_$@ := gcc -I/jkr/src/include -I./include/generated -DNAME='"'"'"\#x"'"'"' -c -o $@ /jkr/src/$< ; ./objtool $@' >$(O)/$(@D)/.$(@F).cmd
	@echo 'savedcmd_vmlinux.o := ld -r -o vmlinux.o $@' >$(O)/.vmlinux.o.cmd
MAKE
  echo 1 >tree/linux/one.c && echo 2 >tree/linux/sub/two.c
  { head_of; cat <<'LUA'
local src = copy "src" { "tree" }
return make_in_container "build" { src / "linux", toolchain = img, targets = { "all" }, outputs = { "one.o" } }
LUA
  } >c.lua
  mkdir "a b" && run jkr edit c.lua src "a b/mine"
  echo "$output"
  [ "$status" = 0 ] && [[ $output == *"no compile_commands.json yet"* ]]
  [ ! -e "a b/mine/compile_commands.json" ]
  jkr run c.lua -q --with "src=a b/mine"
  echo 3 >>"a b/mine/linux/one.c"
  run jkr edit c.lua src "a b/mine"
  echo "$output"
  [ "$status" = 0 ] && [[ $output == *"as it was"*"compile_commands.json: 2 files, as \`build\` compiled them"* ]]
  [ "$(tail -1 "a b/mine/linux/one.c")" = 3 ]
  [ "$(git -C "a b/mine" status --porcelain)" = " M linux/one.c" ]
  python3 - "$PWD/a b/mine/linux" "$JKR_STORE" <<'PY'
import json, os, shlex, sys
top, store = sys.argv[1:]
db = json.load(open(top + "/../compile_commands.json"))
assert [e["file"] for e in db] == [top + "/one.c", top + "/sub/two.c"], db
for e in db:
    assert e["directory"].startswith(store + "/warm/") and os.path.isdir(e["directory"]), e
    words = shlex.split(e["command"])
    assert words == ["gcc", "-I" + top + "/include", "-I./include/generated", '-DNAME="#x"', "-c", "-o",
                     os.path.relpath(e["file"], top)[:-1] + "o", e["file"]], words
PY
  # it is no part of what is built
  jkr run c.lua -q --with "src=a b/mine"
  jkr edit c.lua src "a b/mine" -q
  jkr plan c.lua --with "src=a b/mine" --fail-if-changes
}

@test "a tree that comes from git begins as that commit, with what the recipe does on top" {
  export HOME=$PWD GIT_CONFIG_NOSYSTEM=1
  git config --global user.name Ann && git config --global user.email ann@example.org
  git init -q -b main up && echo first >up/a && printf '*.c text eol=crlf\n*.h ident\n' >up/.gitattributes
  printf 'x\n' >up/x.c && printf '$Id$\n' >up/x.h && ln -s a up/link && git -C up add -A && git -C up commit -qm first
  echo second >up/a && git -C up commit -qam second
  commit=$(git -C up rev-parse HEAD)
  cat >g.lua <<LUA
recipe "g" { version = "1", license = "MIT", summary = "git" }
local up = git_checkout "up" { "file://$PWD/up", ref = "main" }
local src = tree "src" { up, write { path = "added", text = "more\n" } }
return src
LUA
  jkr edit g.lua up plain -q
  [ "$(git -C plain rev-parse HEAD)" = "$commit" ]
  [ -z "$(git -C plain status --porcelain --ignored)" ]
  [ "$(git -C plain rev-list --count HEAD)" = 1 ]
  jkr edit g.lua src mine -q
  [ "$(git -C mine rev-parse HEAD^)" = "$commit" ]
  [ "$(git -C mine diff --name-only HEAD^ HEAD)" = added ]
  git -C mine fetch -q --unshallow origin && [ "$(git -C mine rev-list --count HEAD)" = 3 ]
  cmp up/x.c mine/x.c && cmp up/x.h mine/x.h
  # the mirror is a cache: damaged or gone, there is the tree
  find "$JKR_STORE/mirrors" -name '*.pack' -exec truncate -s 40 {} +
  jkr edit g.lua src torn -q
  [ "$(git -C torn rev-list --count HEAD)" = 1 ]
  rm -r "$JKR_STORE/mirrors"
  jkr edit g.lua src alone -q
  [ "$(git -C alone rev-list --count HEAD)" = 1 ]
  [ "$(git -C alone rev-parse 'HEAD^{tree}')" = "$(git -C mine rev-parse 'HEAD^{tree}')" ]
  # what is edited there is a patch like any
  echo third >mine/a && jkr refresh g.lua src mine -q
  git -C up apply --check "$PWD/patches/src/0001-edits-of-src.patch"
}

@test "an edited folder that vanished: one mistake by each command, and the recipe is built as it is" {
  edited
  clean=$(texts)
  echo edited >>mine/text
  [ "$(texts --with src=mine | tail -1)" = :edited ]
  mv mine gone
  before=$(cat patches/* app.lua jkr.lock 2>/dev/null | sha256sum)
  for command in "run app.lua --with src=mine" "plan app.lua --with src=mine" "run app.lua build --with src=mine -t all" "refresh app.lua src mine"; do
    # shellcheck disable=SC2086
    run jkr $command
    echo "$command: $status: $output"
    [ "$status" = 2 ]
    [ "$(grep -c '^error' <<<"$output")" = 1 ]
    [[ $output == *'`mine`'*"No such file or directory"* ]]
  done
  [ "$before" = "$(cat patches/* app.lua jkr.lock 2>/dev/null | sha256sum)" ]
  jkr plan app.lua --fail-if-changes
  [ "$(texts)" = "$clean" ]
  # it comes back, and has its result still
  mv gone mine
  jkr plan app.lua --with src=mine --fail-if-changes
}
