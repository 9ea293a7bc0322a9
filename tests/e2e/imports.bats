#!/usr/bin/env bats
# Recipes of other teams, from real git servers on loopback: what jkr.lock keeps of them, what comes with an update, and
# what a hostile repository can do.

load helper
load git

# parts: srv/up holds a recipe that needs its own files and another recipe of its own
parts() {
  upstream 0
  mkdir -p srv/up/recipes/part srv/up/toolchains
  cat >srv/up/recipes/part.lua <<'LUA'
recipe "part" { version = "1", license = "MIT", summary = "of another team" }
local word = option.string { "word", "none", "a word" }
return copy "all" { "part/data.txt", "//top.txt", use "inner.lua" { }, write "word" { path = "word", text = word } }
LUA
  echo 'return copy { "part/tool.sh" }' >srv/up/recipes/inner.lua
  echo data >srv/up/recipes/part/data.txt && echo top >srv/up/top.txt
  printf '#!/bin/sh\n' >srv/up/recipes/part/tool.sh && chmod +x srv/up/recipes/part/tool.sh
  states_all
  commit parts
}

# use REF [FILE]: a recipe that takes part.lua from $url
use() { echo "return bundle \"all\" { use \"git+$url//recipes/part.lua$1\" { word = \"hello\" } }" >"${2:-r.lua}"; }

pin() { json "[v['pin'] for k, v in d['inputs'].items() if k.startswith('use:') and k.endswith('''$1''')][0]" <jkr.lock; }

@test "a recipe comes from a branch, with all that it names, and is pinned by commit and content" {
  parts
  serve
  use '?ref=main'
  # a plan reads it, and writes no pin
  jkr plan r.lua
  [ ! -e jkr.lock ]
  jkr run r.lua -q -o out
  [ "$(cd out && echo *)" = "data.txt tool.sh top.txt word" ]
  [ "$(cat out/word)" = hello ]
  [ -x out/tool.sh ]
  [[ $(pin '#main') == "$id tree:"* ]]
  [ "$(pin '#main' | cut -d" " -f1,2 | wc -c)" = $((40 + 6 + 64 + 1)) ]
  jkr ls steps r.lua | grep -q '^part:all'
  # the branch moves: nothing changes here, and no server is needed
  first=$id
  echo moved >srv/up/recipes/part/data.txt && commit second
  end_servers
  jkr run r.lua -q -o out
  [ "$(cat out/data.txt)" = data ]
  rm -rf "$JKR_STORE/seen" # without what was kept of the plan
  jkr run r.lua --offline --locked -q -o out
  [ "$(cat out/data.txt)" = data ]
  [[ $(pin '#main') == "$first tree:"* ]]
  # in another store the keys are the same
  jkr plan r.lua --format json | json '[s["key"] for s in d["steps"]]' >one
  serve
  use '?ref=main'
  sed -i "s,git://127.0.0.1:[0-9]*,${url%/up}," jkr.lock
  export JKR_STORE=$work/another
  jkr run r.lua --locked -q
  jkr plan r.lua --format json | json '[s["key"] for s in d["steps"]]' >two
  cmp one two && ! grep -q None one || return 1
}

@test "every form of an address: HEAD, tag, commit; http and ssh; and what is none is refused" {
  parts
  first=$id
  git -C srv/up tag -a -m x v1
  echo second >srv/up/recipes/part/data.txt && commit second
  serve
  is_data() {
    rm -rf out jkr.lock
    use "$1"
    jkr run r.lua -q -o out
    [ "$(cat out/data.txt)" = "$2" ]
  }
  is_data '' second
  is_data '?ref=v1' data
  is_data '?ref=refs/tags/v1' data
  is_data "?commit=$first" data
  [[ $(pin "@$first") == "$first tree:"* ]]
  is_data "?commit=$id&ref=main" second
  url=file://$PWD/srv/up
  is_data '?ref=v1' data
  start cgi srv
  url=http://127.0.0.1:$port/cgi-bin/git/up
  is_data '?ref=v1' data
  # ssh is the user's own, in batch mode; here one that runs what it is asked to, on this machine
  mkdir "$work/bin" && cat >"$work/bin/ssh" <<'SH'
#!/bin/sh
echo "$*" >>"$HOME/ssh.log"
while [ $# -gt 1 ]; do shift; done
exec sh -c "$1"
SH
  chmod +x "$work/bin/ssh"
  url=ssh://git@bsp.example$PWD/srv/up
  PATH=$work/bin:$PATH is_data '?ref=main' second
  grep -q 'BatchMode=yes.*git@bsp.example' "$work/ssh.log"
  for wrong in https://host/up//x.lua git+https://host/up/x.lua "git+$url//x.lua?branch=main" "git+$url//../x.lua" \
    "git+$url//x.lua?commit=12ab" "git+$url//x.lua?ref=-x" 'git+ext::sh -c touch% x//x.lua' 'git+--upload-pack=x://a//x.lua' \
    "git+$url//x.lua?ref=a&ref=b" oci://host/name@sha256:12; do
    echo "return use \"$wrong\" { }" >w.lua
    run jkr check w.lua
    echo "$wrong: $output"
    [ "$status" = 2 ]
  done
}

@test "imports of imports are pinned in the project's jkr.lock; what came over a network names nothing of this machine" {
  parts
  serve
  git init -q -b main srv/base
  echo 'return write "base" { path = "base", text = "base" }' >srv/base/base.lua
  cp srv/up/jkr.yaml srv/base
  git -C srv/base add . && git -C srv/base commit -qm base
  base=${url%up}base
  echo "return bundle { use \"git+$base//base.lua\" { }, write { path = \"mid\", text = \"mid\" } }" >srv/up/mid.lua
  commit mid
  echo "return bundle \"all\" { use \"git+$url//mid.lua?ref=main\" { } }" >r.lua
  jkr run r.lua -q -o out
  [ "$(cd out && echo *)" = "base mid" ]
  [[ $(pin 'base#HEAD') == "$(git -C srv/base rev-parse HEAD) tree:"* ]]
  # a secret repository of this machine stays out of reach, also behind another import
  echo "return use \"git+file://$PWD/srv/base//base.lua\" { }" >srv/up/mid.lua
  commit steal
  run jkr update r.lua
  [ "$status" = 2 ]
  [[ $output == *E0016*"is of this machine"* ]]
  [[ $(pin '#main') != "$id"* ]]
  # a recipe of this machine may
  echo "return use \"git+file://$PWD/srv/base//base.lua\" { }" >own.lua
  jkr check own.lua
}

@test "a branch that is called like a commit is a name, and a commit is never a name" {
  parts
  first=$id
  echo second >srv/up/recipes/part/data.txt && commit second
  git -C srv/up branch "$first" "$id" # leads to the second, and looks like the first
  serve
  use "?commit=$first"
  jkr run r.lua -q -o out
  [ "$(cat out/data.txt)" = data ]
  rm jkr.lock && use "?ref=$first"
  jkr run r.lua -q -o out
  [ "$(cat out/data.txt)" = second ]
  [[ $(pin "#$first") == "$id tree:"* ]]
  rm jkr.lock && use "?ref=$id"
  run jkr run r.lua
  [ "$status" = 7 ]
  [[ $output == *"always a name"* ]]
}

@test "a moved tag and a forced push change nothing until an update, which says so" {
  parts
  first=$id
  git -C srv/up tag v1
  serve
  use '?ref=v1'
  jkr run r.lua -q -o out
  echo evil >srv/up/recipes/part/data.txt && commit evil
  git -C srv/up tag -f v1
  jkr run r.lua -q -o out
  [ "$(cat out/data.txt)" = data ]
  # in an empty store the pinned commit is asked for, and not what the tag is now
  JKR_STORE=$work/another jkr run r.lua -q -o out
  [ "$(cat out/data.txt)" = data ]
  run jkr update r.lua
  echo "$output"
  [ "$status" = 0 ]
  [[ $output == *"was $first"*"now $id"*"the tag was moved"*"a: evil"* ]]
  jkr run r.lua -q -o out
  [ "$(cat out/data.txt)" = evil ]
  # a forced push: the commit that was used is gone from there
  git -C srv/up checkout -q "$first" && git -C srv/up checkout -q -B main
  echo other >srv/up/recipes/part/data.txt && commit other
  git -C srv/up tag -f v1 && git -C srv/up reflog expire --expire=now --all && git -C srv/up gc -q --prune=now
  rm -rf "$JKR_STORE/seen"
  jkr run r.lua -q -o out
  [ "$(cat out/data.txt)" = evil ]
  run env JKR_STORE="$work/third" "$JKR" run r.lua
  echo "$output"
  [ "$status" = 7 ]
  [[ $output == *E0919* ]]
  run jkr update r.lua
  [[ $output == *"the history was rewritten"*"a: other"* ]]
  jkr run r.lua -q -o out
  [ "$(cat out/data.txt)" = other ]
}

@test "an update shows the commits that come in, of the one that is named, and nothing of a terminal's" {
  parts
  first=$id
  serve
  use '?ref=main'
  jkr lock r.lua
  for i in 1 2 3; do
    echo "$i" >srv/up/recipes/part/data.txt
    commit "change $i"
  done
  printf 'x' >srv/up/x && git -C srv/up add x && git -C srv/up commit -qm "$(printf 'title \033[31mred\033[0m')"
  run jkr update r.lua other
  [ "$status" = 2 ]
  run jkr update r.lua up
  echo "$output"
  [ "$status" = 0 ]
  [[ $output == *"was $first"*"title "*"a: change 3"*"a: change 2"*"a: change 1"* ]]
  [[ $output != *"a: parts"* && $output != *$'\033'* ]]
  run jkr update r.lua
  [[ $output == *"everything is as new"* ]]
}

@test "hooks, templates and filters of nobody run" {
  parts
  mkdir -p "$work/evil/hooks"
  for hook in reference-transaction post-checkout post-merge pre-auto-gc post-index-change; do
    printf '#!/bin/sh\necho %s >>%s/fired\n' "$hook" "$work" >"$work/evil/hooks/$hook"
    chmod +x "$work/evil/hooks/$hook"
  done
  # in the repository, and in the settings of who fetches
  cp -r "$work/evil/hooks" srv/up/hooks && cp "$work"/evil/hooks/* srv/up/.git/hooks/ && mkdir srv/up/.githooks && cp "$work"/evil/hooks/* srv/up/.githooks/
  printf '* filter=evil\n' >srv/up/.gitattributes
  printf '[core]\n hooksPath = hooks\n[filter "evil"]\n smudge = echo smudge >>%s/fired\n' "$work" >srv/up/.gitconfig
  rm -f srv/up/.git/hooks/* && commit hooks
  cp "$work"/evil/hooks/* srv/up/.git/hooks/
  printf '[init]\n templateDir = %s/evil\n[filter "evil"]\n smudge = echo smudge >>%s/fired; cat\n' "$work" "$work" >"$work/.gitconfig"
  serve
  rm -f "$work/fired"
  use '?ref=main'
  jkr run r.lua -q -o out
  jkr update r.lua -q
  [ "$(cat out/data.txt)" = data ]
  [ ! -e "$work/fired" ]
  # the probe sees them where somebody checks it out
  git clone -q "$direct" clone
  grep -q reference-transaction "$work/fired"
  grep -q smudge "$work/fired"
}

@test "hostile submodules are refused, and start nothing" {
  parts
  serve
  use '?ref=main'
  printf '[submodule "x"]\n\tpath = x\n\turl = --upload-pack=touch %s/fired;\n' "$work" >srv/up/.gitmodules
  commit option
  run jkr run r.lua
  echo "$output"
  [ "$status" = 1 ]
  [[ $output == *E0915* ]]
  printf '[submodule "x"]\n\tpath = x\n\turl = ext::sh -c touch%% %s/fired\n' "$work" >srv/up/.gitmodules
  git -C srv/up add .gitmodules && git -C srv/up update-index --add --cacheinfo "160000,$id,x" && git -C srv/up commit -qm submodule
  run jkr run r.lua
  echo "$output"
  [ "$status" = 1 ]
  [[ $output == *E0915*submodule* ]]
  [ ! -e "$work/fired" ]
  [ ! -e jkr.lock ]
}

@test "settings of a submodule that run or climb are refused; attributes change no byte" {
  parts
  serve
  use '?ref=main'
  for line in 'update = !touch fired' 'path = -x' 'url = -x'; do
    printf '[submodule "x"]\n\tpath = x\n\turl = https://a.example/b\n\t%s\n' "$line" >srv/up/.gitmodules
    commit "$line"
    run jkr run r.lua
    echo "$line: $output"
    [ "$status" = 1 ]
    [[ $output == *E0915* ]]
  done
  # what git lets pass is read by nobody
  printf '[submodule "x"]\n\tpath = ../../x\n\turl = https://a.example/b\n' >srv/up/.gitmodules
  commit climbs
  jkr run r.lua -q -o out && jkr update r.lua -q
  [ ! -e x ] && [ ! -e "$work/x" ] && [ -z "$(find "$JKR_STORE" -name x)" ]
  rm jkr.lock
  ln -sf README srv/up/.gitmodules
  commit link
  run jkr run r.lua
  echo "$output"
  [ "$status" = 1 ]
  rm srv/up/.gitmodules
  printf '$Id$ $Format:%%H$\n' | tee srv/up/recipes/part/data.txt >expected
  commit raw
  printf '* text eol=crlf ident export-subst\nREADME export-ignore\n' >srv/up/.gitattributes
  commit attributes
  rm -f jkr.lock
  jkr run r.lua -q -o out
  cmp out/data.txt expected
  [ -e "$(echo "$JKR_STORE"/imports/*/.gitattributes | cut -d' ' -f1 | xargs dirname)/README" ]
}

@test "a tag beside a branch of its name; a tag of no commit; objects that a server replaces" {
  parts
  first=$id
  git -C srv/up tag v1 && git -C srv/up branch v1-too
  echo second >srv/up/recipes/part/data.txt && commit second
  git -C srv/up branch v1 # leads elsewhere than the tag
  git -C srv/up tag "$first" "$id"
  serve
  use '?ref=v1' && jkr run r.lua -q -o out && [ "$(cat out/data.txt)" = data ]
  rm jkr.lock && use '?ref=refs/heads/v1' && jkr run r.lua -q -o out && [ "$(cat out/data.txt)" = second ]
  # a tag that is called like a commit is a name, and the commit is not it
  rm jkr.lock && use "?commit=$first" && jkr run r.lua -q -o out && [ "$(cat out/data.txt)" = data ]
  git -C srv/up tag blob "$(git -C srv/up rev-parse HEAD:README)"
  git -C srv/up tag -a -m x nested blob
  for ref in blob nested; do
    rm -f jkr.lock && use "?ref=$ref"
    run jkr run r.lua
    echo "$ref: $output"
    [ "$status" -ne 0 ] && [ ! -e jkr.lock ]
  done
  # the server would show others in the place of an object: what comes bears its own id
  rm -f jkr.lock && use "?commit=$first"
  git -C srv/up replace "$first" "$id"
  JKR_STORE=$work/another jkr run r.lua -q -o out && [ "$(cat out/data.txt)" = data ]
}

@test "a server that leads elsewhere; a commit that holds more than anybody writes" {
  parts
  git init -q -b main srv/secret && cp srv/up/jkr.yaml srv/secret && echo 'return write { path = "secret", text = "s" }' >srv/secret/part.lua
  git -C srv/secret add . && git -C srv/secret commit -qm secret
  for to in "file://$PWD/srv/secret" "ext::sh -c touch% $work/fired" ssh://127.0.0.1/x; do
    python3 -u -c '
import http.server, sys
class H(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(301)
        self.send_header("Location", sys.argv[1] + self.path[3:])
        self.end_headers()
s = http.server.HTTPServer(("127.0.0.1", 0), H)
print(s.server_port, flush=True)
s.serve_forever()' "$to" >redirect.port 2>/dev/null 3>&- &
    pids+=($!)
    until_true test -s redirect.port
    echo "return use \"git+http://127.0.0.1:$(cat redirect.port)/up//part.lua\" { }" >w.lua
    run jkr run w.lua -o stolen
    echo "$to: $output"
    [ "$status" = 7 ]
    [ ! -e stolen ] && [ ! -e "$work/fired" ]
    rm redirect.port
  done
  # ten folders in each, six deep: a million files of a dozen objects
  tree=$(git -C srv/up rev-parse 'HEAD^{tree}')
  for _ in 1 2 3 4 5 6; do
    tree=$(for i in 0 1 2 3 4 5 6 7 8 9; do printf '040000 tree %s\t%s\n' "$tree" "$i"; done | git -C srv/up mktree)
  done
  git -C srv/up update-ref refs/heads/bomb "$(git -C srv/up commit-tree -m bomb "$tree")"
  serve
  use '?ref=bomb'
  run jkr run r.lua
  echo "$output"
  [ "$status" = 1 ]
  [[ $output == *E0915*'more than 200000 files'* ]]
  [ -z "$(ls "$JKR_STORE/imports" 2>/dev/null)" ]
}

@test "hostile symlinks and names reach nothing outside" {
  parts
  echo secret >"$work/secret"
  ln -s "$work/secret" srv/up/recipes/part/leak && ln -s "$work" srv/up/recipes/part/out && ln -s ../../../../.. srv/up/up && ln -s /etc/passwd srv/up/link.lua
  ln -s part.lua srv/up/recipes/good.lua
  commit links
  serve
  # links that stay inside are links
  echo "return use \"git+$url//recipes/good.lua?ref=main\" { }" >r.lua
  jkr run r.lua -q -o out
  for body in 'use "git+URL//link.lua?ref=main" { }' 'use "git+URL//bad1.lua?ref=main" { }' 'use "git+URL//bad2.lua?ref=main" { }' 'use "git+URL//bad3.lua?ref=main" { }'; do
    echo 'return copy { "recipes/part/leak" }' >srv/up/bad1.lua
    echo 'return copy { "recipes/part/out/secret" }' >srv/up/bad2.lua
    echo 'return use "up/etc/passwd" { }' >srv/up/bad3.lua
    git -C srv/up add -A && git -C srv/up commit -qm bad --allow-empty
    echo "return bundle { ${body//URL/$url} }" >w.lua
    rm -f jkr.lock
    run jkr run w.lua -o stolen
    echo "$output"
    [ "$status" -ne 0 ]
    [[ $output == *E0011* || $output == *E1011* ]]
    ! grep -rqs secret stolen || return 1
  done
  # a folder that is a link and holds a file; a name that climbs; a repository inside
  for evil in 'd/x' '.git/config' '.GIT/hooks/x'; do
    git -C srv/up checkout -q -f main && git -C srv/up read-tree main
    rm -f evil.tree
    blob=$(echo hi | git -C srv/up hash-object -w --stdin)
    link=$(printf %s "$work" | git -C srv/up hash-object -w --stdin)
    inner=$(printf '100644 blob %s\t%s\n' "$blob" "${evil##*/}" | git -C srv/up mktree)
    { git -C srv/up ls-tree main
      [ "$evil" != d/x ] || printf '120000 blob %s\td\n' "$link"
      printf '040000 tree %s\t%s\n' "$inner" "${evil%%/*}"; } >evil.tree
    tree=$(git -C srv/up mktree <evil.tree)
    git -C srv/up update-ref refs/heads/evil "$(git -C srv/up commit-tree -m evil "$tree")"
    use '?ref=evil' w.lua
    rm -f jkr.lock
    run jkr run w.lua
    echo "$evil: $output"
    [ "$status" = 1 ]
    [[ $output == *E0915* ]]
    [ ! -e "$work/x" ]
  done
}

@test "what the store has of an import is proved by its content" {
  parts
  serve
  use '?ref=main'
  jkr run r.lua -q -o out
  # somebody changes a file of it: it is set aside and made anew
  file=$(echo "$JKR_STORE"/imports/*/recipes/part/data.txt)
  chmod u+w "$file"
  echo evil >"$file"
  jkr run r.lua -q -o out
  [ "$(cat out/data.txt)" = data ]
  [ "$(cat "$JKR_STORE"/imports/*/recipes/part/data.txt)" = data ]
  # so is one that no jkr.lock pins yet
  before=$(cat jkr.lock)
  rm jkr.lock
  echo evil >"$file"
  jkr run r.lua -q -o out
  [ "$(cat out/data.txt)" = data ]
  [ "$(cat jkr.lock)" = "$before" ]
  # a lock whose hash is another is refused, before the recipe is read
  sed -i -E 's/tree:..../tree:0000/' jkr.lock
  run jkr run r.lua
  echo "$output"
  [ "$status" = 1 ]
  [[ $output == *E0921* ]]
  # an update of what the server has mends it
  jkr update r.lua
  jkr run r.lua -q -o out
  # gc drops what was not used for long, and a run gets it again
  touch -d '10 days ago' "$JKR_STORE"/imports/*
  jkr cache gc --max-age 5 -q
  [ -z "$(ls "$JKR_STORE/imports")" ]
  jkr run r.lua -q -o out
}

@test "four runs at once that need one import, and one that is killed while it comes" {
  parts
  serve
  use '?ref=main'
  jkr lock r.lua -q
  rm -r "$JKR_STORE"
  echo "hold 300" >order
  jkr run r.lua --locked -q &
  pid=$!
  until_true test -e order.held
  kill -9 "$pid"
  wait "$pid" || true
  [ -z "$(ls "$JKR_STORE/imports" 2>/dev/null)" ]
  echo pass >order
  pids_of_runs=()
  for i in 1 2 3 4; do
    jkr run r.lua --locked -q -o "out$i" &
    pids_of_runs+=($!)
  done
  for pid in "${pids_of_runs[@]}"; do wait "$pid"; done
  for i in 1 2 3 4; do [ "$(cat "out$i/data.txt")" = data ]; done
  [ "$(echo "$JKR_STORE"/imports/* | wc -w)" = 1 ]
  jkr cache stat | grep -q '^imports    1 of recipes'
}

@test "--locked and --offline: nothing is looked up, each with its status" {
  parts
  serve
  use '?ref=main'
  run jkr run r.lua --locked
  [ "$status" = 5 ]
  [[ $output == *E1010* ]]
  run jkr run r.lua --offline
  [ "$status" = 5 ]
  [[ $output == *E0913* ]]
  run jkr lock r.lua --locked
  [ "$status" = 5 ]
  jkr lock r.lua
  jkr lock r.lua --locked
  jkr plan r.lua --locked --offline
  run env JKR_STORE="$work/another" "$JKR" run r.lua --locked --offline
  [ "$status" = 5 ]
  [[ $output == *E0913* ]]
  JKR_STORE=$work/another jkr run r.lua --locked -q
}

@test "a server that is slow is not the recipe's fault" {
  parts
  serve
  use '?ref=main'
  echo "hold 300" >order
  jkr run r.lua -q -o out 2>err &
  pid=$!
  until_true test -e order.held
  sleep 6 # a load may take four seconds
  echo pass >order
  wait "$pid"
  [ "$(cat out/data.txt)" = data ]
}

@test "jkr lock: addresses with hash and size, toolchains; a change of them shows under --locked" {
  head -c 1234 /dev/zero >input.bin
  sum=$(sha256sum input.bin | cut -d' ' -f1)
  mkdir toolchains && printf 'name: t\nimage: { url: "file://%s/input.bin", sha256: %s }\n' "$PWD" "$sum" >toolchains/t.yaml
  cat >r.lua <<LUA
local t = toolchain "t"
run_in_container "c" { toolchain = t, argv = { "true" }, capture = "a" }
return fetch "f" { "file://$PWD/input.bin", sha256 = "${sum^^}" }
LUA
  run jkr lock r.lua
  echo "$output"
  [ "$status" = 0 ]
  [ "$output" = 'jkr.lock: 2 inputs of `r`, 2 of them new' ]
  [ "$(json "d['inputs']['url:file://$PWD/input.bin']['pin']" <jkr.lock)" = "sha256:$sum bytes:1234" ]
  [ "$(json "d['inputs']['toolchain:t']['pin']" <jkr.lock)" = "sha256:$(sha256sum toolchains/t.yaml | cut -d' ' -f1)" ]
  [ "$(grep -c '{"pin"' jkr.lock)" = 2 ] # one line each, sorted
  grep '{"pin"' jkr.lock | sort -c
  jkr plan r.lua --locked
  jkr lock r.lua --locked
  echo '# a word' >>toolchains/t.yaml
  run jkr plan r.lua --locked
  [ "$status" = 5 ]
  [[ $output == *'`toolchain:t` is not the one that jkr.lock has'* ]]
  jkr lock r.lua
  jkr plan r.lua --locked
  # a hash that the lock notes is taken where the recipe has none
  sed -i 's/, sha256 = "[0-9A-F]*"//; /run_in_container/d' r.lua
  jkr run r.lua -q -o out
  cmp out/input.bin input.bin
}

@test "a password in an address does not go into jkr.lock" {
  cat >r.lua <<LUA
return { fetch "a" { "http://me:secret@127.0.0.1:9/a", sha256 = "$(printf x | sha256sum | cut -d' ' -f1)" } }
LUA
  jkr lock r.lua
  [ "$(json "[k for k in d['inputs'] if k]" <jkr.lock)" = "['url:http://127.0.0.1:9/a']" ]
  jkr plan r.lua --locked
  sed -i 's/me:secret/you:other/' r.lua
  jkr lock r.lua --locked
}
