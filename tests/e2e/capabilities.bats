#!/usr/bin/env bats
# What recipes of another repository, and plugins, state that they do: what they did not state is refused, and more than
# before shows in an update.

load helper
load git

# states LINE…: jkr.yaml of srv/up
states() { printf '%s\n' 'capabilities:' "${@/#/  }" >srv/up/jkr.yaml; }

@test "an import that states nothing does nothing; what it is to state is said" {
  upstream 0
  cat >srv/up/part.lua <<'LUA'
local a = write "one" { path = "one", text = "1" }
return tree "all" { a, copy { "README" } }
LUA
  commit part
  serve
  echo "return use \"git+$url//part.lua\" { }" >r.lua
  run jkr run r.lua -o out
  echo "$output"
  [ "$status" = 2 ]
  [[ $output == *'E0021'*'uses the primitive `write`, which jkr.yaml of its repository does not state'*'part.lua:1:'*'uses the primitive `copy`'*'part.lua:2'* ]]
  [ ! -e out ]
  states 'primitives: [write]'
  commit less
  run jkr update r.lua
  [ "$status" = 2 ]
  [[ $output != *'`write`,'* && $output == *'`copy`'*'`primitives` there: write'* ]]
  states 'primitives: [copy, write]' 'paths: [README]'
  commit right
  jkr run r.lua -q -o out
  [ "$(cat out/one)" = 1 ]
  # it is written down, and a commit that does more shows what
  json "next(iter(d['inputs'].values()))['pin']" <jkr.lock | grep -qx "$id tree:[0-9a-f]\{64\} primitive:copy primitive:write path:README"
  states 'primitives: [write, copy, run_in_container]' 'network: [https://evil.example/]' 'paths: [etc/]'
  commit more
  jkr run r.lua -q -o out # nothing changes without an update
  run jkr update r.lua
  echo "$output"
  [[ $output == *'may now also: primitive:run_in_container'*'may now also: network:https://evil.example/'*'may now also: path:etc/'*'may no longer: path:README'* ]]
  # what is wrong in it is said
  states 'primitives: [wirte]' 'network: ["https://host*"]'
  commit wrong
  run jkr update r.lua
  echo "$output"
  [ "$status" = 2 ]
  [[ $output == *'`wirte` is no primitive'*'did you mean `write`'*'has no `*`'* ]]
}

@test "what an import lets in is shown when it is locked" {
  upstream 0
  echo 'return write { path = "one", text = "1" }' >srv/up/part.lua
  states 'primitives: write'
  commit part
  serve
  echo "return use \"git+$url//part.lua\" { }" >r.lua
  run jkr lock r.lua
  echo "$output"
  [[ $output == *"now $id"*'may: primitive:write'* ]]
  run jkr lock r.lua
  [[ $output != *'may:'* ]]
}

@test "network: addresses, packages and staged files that are not stated; folders of addresses do not climb" {
  upstream 0
  commit none
  serve
  refused() { # REASON RECIPE NETWORK
    echo "$2" >srv/up/part.lua
    states 'primitives: [fetch, git_checkout, image, copy]' "network: [$3]"
    commit network
    rm -f jkr.lock
    run jkr check r.lua
    echo "$2 [$3]: $output"
    if [ -z "$1" ]; then [ "$status" = 0 ]; else [ "$status" = 2 ] && [[ $output == *"$1"* ]]; fi
  }
  echo "return use \"git+$url//part.lua\" { }" >r.lua
  sum=$(printf 0%.0s $(seq 64))
  fetch() { echo "return fetch { \"$1\", sha256 = \"$sum\" }"; }
  refused 'takes `https://a.example/b/c.tar`' "$(fetch https://a.example/b/c.tar)" ''
  refused '' "$(fetch https://a.example/b/c.tar)" '"https://a.example/b/"'
  refused '' "$(fetch https://a.example/b/c.tar)" '"https://a.example/b/c.tar"'
  refused 'takes `https://a.example.org/' "$(fetch https://a.example.org/c.tar)" '"https://a.example"'
  refused 'takes `https://a.example/b/../c.tar' "$(fetch https://a.example/b/../c.tar)" '"https://a.example/b/"'
  refused 'takes `https://a.example/b/%2E%2e/c.tar' "$(fetch https://a.example/b/%2E%2e/c.tar)" '"https://a.example/b/"'
  refused 'takes `file:///etc/hosts' "$(fetch file:///etc/hosts)" '"https://a.example/"'
  refused 'takes `deb:hello`' 'return fetch { deb = "hello" }' '"deb:bye"'
  refused '' 'return fetch { deb = "hello" }' '"deb:*"'
  refused 'takes `file:secret`' 'return fetch { file = "secret" }' ''
  refused '' 'return fetch { file = "secret" }' '"file:secret"'
  refused 'takes `folder:bsp`' 'return fetch { folder = "bsp" }' ''
  refused 'takes `image:bookworm:gcc`' 'return image { suite = "bookworm", packages = { "gcc" } }' ''
  refused 'takes `git@host.example:secret`' 'return git_checkout { "git@host.example:secret", ref = "main" }' '"https://a.example/"'
  refused 'uses a recipe of `git://other.example/x//y.lua`' 'return use "git+git://other.example/x//y.lua" { }' '"https://a.example/"'
}

@test "paths: what a step of an import changes of a tree of somebody else" {
  upstream 0
  cat >srv/up/part.lua <<'LUA'
local what = option.string { "what", "one", "which" }
local steps = {
  one = function() return write { path = "etc/one", text = "1" } end,
  over = function() return write { path = "boot/image", text = "evil" } end,
  patch = function() return patch { "x.patch" } end,
  folder = function() return copy { "lib", into = "usr/lib/x" } end,
  gone = function() return patch { "gone.patch" } end,
}
return steps[what]()
LUA
  mkdir srv/up/lib && echo f >srv/up/lib/f
  printf '%s\n' '--- a/boot/image' '+++ b/boot/image' '@@ -1 +1 @@' -good +evil >srv/up/x.patch
  printf '%s\n' '--- a/boot/image' '+++ /dev/null' '@@ -1 +0,0 @@' -good >srv/up/gone.patch
  states 'primitives: [write, copy, patch]' 'paths: [etc/one, usr/lib/]'
  commit part
  serve
  cat >r.lua <<LUA
local what = option.string { "what", "one", "which" }
local part = use "git+$url//part.lua" { what = what }
return tree "board" { write { path = "boot/image", text = "good\n" }, write { path = "boot/other", text = "x" }, part }
LUA
  jkr run r.lua -q -o out
  [ "$(cat out/etc/one out/boot/image)" = 1good ]
  jkr run r.lua -q -o out -D what=folder
  [ -e out/usr/lib/x/f ]
  for what in over patch gone; do
    run jkr run r.lua -D "what=$what" -o stolen
    echo "$output"
    [ "$status" = 1 ]
    [[ $output == *'E0022'*'changes `boot/image` of a tree, which jkr.yaml of its repository does not state'*'part.lua:'* ]]
    [ ! -e stolen ]
  done
  # the same step of the project's own is another: nothing that was not held to it is found
  states 'primitives: [write, copy, patch]' 'paths: [/]'
  commit any
  jkr update r.lua -q
  jkr run r.lua -q -D what=over -o out && [ "$(cat out/boot/image)" = evil ]
  states 'primitives: [write, copy, patch]' 'paths: [etc/]'
  commit less
  jkr update r.lua -q
  run jkr run r.lua -D what=over -o stolen
  echo "$output"
  [ "$status" = 1 ]
}

@test "paths: what an import makes for itself is its own; what went through other hands is not" {
  upstream 0
  cat >srv/up/part.lua <<'LUA'
local between = option.step { "between", function() return write { path = "x", text = "x" } end, "a tree" }
return {
  own = tree "own" { write { path = "a", text = "a" }, write { path = "b", text = "b" }, copy { "README" } },
  given = tree "given" { between, write { path = "boot/x", text = "evil" } },
}
LUA
  states 'primitives: [write, copy]'
  commit part
  serve
  echo "local p = use \"git+$url//part.lua\" { } return { p.own, p.given }" >r.lua
  jkr run r.lua -q -o out
  [ -e out/own/README ] || [ -e out/README ]
  cat >w.lua <<LUA
local p = use "git+$url//part.lua" { between = write "mine" { path = "etc/mine", text = "m" } }
return p.given
LUA
  run jkr run w.lua
  echo "$output"
  [ "$status" = 1 ]
  [[ $output == *'E0022'*'changes `boot'* ]]
}

@test "a function that an import gives away is still its own" {
  upstream 0
  echo 'return { make = function() return copy { "README" } end }' >srv/up/part.lua
  states 'primitives: [write]'
  commit part
  serve
  echo "local p = use \"git+$url//part.lua\" { } return p.make()" >r.lua
  run jkr check r.lua
  echo "$output"
  [ "$status" = 2 ]
  [[ $output == *E0021*'primitive `copy`'*'part.lua:1'* ]]
}

@test "plugins: one that states is held to it, one from elsewhere must" {
  mkdir -p plugins/mine
  echo 'name: mine' >plugins/mine/plugin.yaml
  echo 'return { post_build = { write { path = "x", text = "1" } } }' >plugins/mine/plugin.lua
  echo 'name: here' >jkr.yaml
  cat >r.lua <<'LUA'
local p = plugins { }
return tree "t" { write { path = "a", text = "b" }, p.post_build }
LUA
  jkr run r.lua --plugin plugins/mine -q -o out
  [ -e out/x ]
  mkdir -p "$work/else" && cp -r plugins/mine "$work/else/theirs" && echo 'name: theirs' >"$work/else/theirs/plugin.yaml"
  run jkr check r.lua --plugin "$work/else/theirs"
  echo "$output"
  [ "$status" = 2 ]
  [[ $output == *'plugin `theirs` uses the primitive `write`, which its plugin.yaml does not state'* ]]
  printf '%s\n' 'name: theirs' 'capabilities: { primitives: write }' >"$work/else/theirs/plugin.yaml"
  run jkr run r.lua --plugin "$work/else/theirs" -o stolen
  echo "$output"
  [ "$status" = 1 ]
  [[ $output == *'plugin `theirs` changes `x` of a tree'* ]]
  printf '%s\n' 'name: theirs' 'capabilities: { primitives: write, paths: x }' >"$work/else/theirs/plugin.yaml"
  jkr run r.lua --plugin "$work/else/theirs" -q -o out
  printf '%s\n' 'name: mine' 'capabilities: { paths: x }' >plugins/mine/plugin.yaml
  run jkr check r.lua --plugin plugins/mine
  [ "$status" = 2 ]
  printf '%s\n' 'name: mine' 'capabilities: { path: x }' >plugins/mine/plugin.yaml
  run jkr check r.lua --plugin plugins/mine
  echo "$output"
  [ "$status" = 2 ]
}

@test "paths: a folder that is there is not changed on the way to a path" {
  mkdir -p "$work/else/theirs" rt/etc base/etc && echo 1 >rt/etc/one && echo c >base/etc/conf && chmod 700 rt/etc
  tar -cf "$work/else/theirs/rt.tar" -C rt etc
  cat >"$work/else/theirs/plugin.lua" <<LUA
return { post_build = { untar { "rt.tar", sha256 = "$(sha256sum <"$work/else/theirs/rt.tar" | cut -d' ' -f1)", rootfs = true } } }
LUA
  printf '%s\n' 'name: theirs' 'capabilities: { primitives: untar, paths: etc/one }' >"$work/else/theirs/plugin.yaml"
  echo 'local p = plugins { } return tree "t" { copy { "base/" }, p.post_build }' >r.lua
  run jkr run r.lua --plugin "$work/else/theirs" -o stolen
  echo "$output"
  [ "$status" = 1 ]
  [[ $output == *'plugin `theirs` changes `etc` of a tree'* ]]
  # one that was not there is made
  echo 'local p = plugins { } return tree "t" { write { path = "a", text = "b" }, p.post_build }' >r.lua
  jkr run r.lua --plugin "$work/else/theirs" -q -o out && [ "$(cat out/etc/one)" = 1 ]
}

@test "paths: a step of three hands is held to what each of them states" {
  upstream 0
  mkdir -p srv/up/plugins/p
  echo "return plugin \"p\".post_build" >srv/up/part.lua
  printf '%s\n' 'name: p' 'capabilities: { primitives: write, paths: /, network: "file:///" }' >srv/up/plugins/p/plugin.yaml
  echo "local b = use \"git+file://$PWD/b//b.lua\" { } return { post_build = { b.thing { } } }" >srv/up/plugins/p/plugin.lua
  states 'primitives: write' 'paths: a/' 'network: "file:///"'
  commit part
  git init -q -b main b && cat >b/b.lua <<'LUA'
define "thing" {
  doc = "x", params = { on = { "source" } }, outputs = {},
  build = function(p) return { write "" { path = "b/x", text = "1" } } end,
}
return { thing = thing }
LUA
  printf '%s\n' 'capabilities: { primitives: write, paths: / }' >b/jkr.yaml && git -C b add . && git -C b commit -qm b
  echo "return tree \"t\" { write { path = \"y\", text = \"y\" }, use \"git+file://$PWD/srv/up//part.lua\" { } }" >r.lua
  run jkr run r.lua -o stolen
  echo "$output"
  [ "$status" = 1 ]
  [[ $output == *E0022*'changes `b'* ]]
}
