#!/usr/bin/env bats
# Options, settings, exit statuses, the reference, odd places. No containers, no network.

load helper

repo=$BATS_TEST_DIRNAME/../..

# make_options: a recipe with options, and its step's text
make_options() {
  cat >opt.lua <<'LUA'
local rt = option.bool { "rt", true, "PREEMPT_RT" }
local n  = option.int { "n", 3, "a number", min = 1, max = 9 }
return bundle "opt" { write "w" { path = "w", text = tostring(rt) .. n } }
LUA
}

# make_staged: a recipe whose input a person stages, so that only the lock knows its content
make_staged() {
  mkdir -p downloads && echo data >downloads/blob.bin
  echo 'return bundle "staged" { fetch "blob" { file = "blob.bin", get = "ask for it" } }' >staged.lua
}

# refused STATUS TEXT WORD…: jkr WORD… ends with STATUS and one error that says TEXT
refused() {
  local want=$1 text=$2
  shift 2
  run jkr "$@"
  [[ $status = "$want" && $output == *error* && $output == *"$text"* ]] || {
    echo "jkr $*: exit status $status, wanted $want and: $text"
    return 1
  }
}

results() { jkr manifest "$1" | json '[s.get("result") for s in d["steps"]]'; }

@test "the keys' test can fail: another text is another key" {
  make_tiny
  jkr plan tiny.lua --format json | json '[s["key"] for s in d["steps"]]' >one
  sed -i 's/hi/ho/' tiny.lua
  jkr plan tiny.lua --format json | json '[s["key"] for s in d["steps"]]' >two
  no cmp one two
}

@test "plan --fail-if-changes ends with 4, and with 0 when all is done" {
  make_tiny
  run jkr plan tiny.lua --fail-if-changes
  [ "$status" = 4 ]
  jkr run tiny.lua
  jkr plan tiny.lua --fail-if-changes
}

@test "--locked ends with 5 until the lock has what it needs, and never changes it" {
  make_staged
  refused 5 "--locked" run staged.lua --locked
  [ ! -e jkr.lock ]
  jkr run staged.lua
  cp jkr.lock lock
  jkr run staged.lua --locked
  rm -rf "$JKR_STORE"
  jkr run staged.lua --locked
  cmp lock jkr.lock
  # another file than the lock pins is refused, with the line
  echo other >downloads/blob.bin
  rm -rf "$JKR_STORE"
  run jkr run staged.lua --locked
  [ "$status" != 0 ]
  [[ $output == *staged.lua:1* ]]
  cmp lock jkr.lock
}

@test "--offline ends with 5 where a download is needed, and with 0 where it is not" {
  make_tiny
  jkr run tiny.lua --offline
  cat >net.lua <<LUA
return bundle "net" { fetch "x" { "http://127.0.0.1:1/x.txt", sha256 = "$(echo | sha256sum | cut -d' ' -f1)" } }
LUA
  refused 5 "--offline" run net.lua --offline
  JKR_OFFLINE=1 refused 5 "--offline" run net.lua
  refused 7 "cannot download" run net.lua
}

@test "-j1 and -j4 give equal results" {
  make_tiny
  jkr run tiny.lua -j1
  results tiny.lua >one
  JKR_STORE=$work/four jkr run tiny.lua -j4
  JKR_STORE=$work/four results tiny.lua | cmp one -
}

@test "--no-wait ends with 8 where another run works on a step" {
  make_tiny
  jkr run tiny.lua a
  hold src tiny.lua
  refused 8 "another run works on step \`src\`" run tiny.lua --no-wait
  exec 8>&-
  jkr run tiny.lua --no-wait
}

@test "without --no-wait a run waits, says so, and goes on" {
  make_tiny
  jkr run tiny.lua a
  hold src tiny.lua
  "$JKR" run tiny.lua --progress plain 8>&- >log 2>&1 &
  wait_for "another run works on it" log
  exec 8>&-
  wait $!
  [ "$(state src tiny.lua)" = cached ]
}

@test "ctrl-c ends with 130, SIGTERM with 143, and what was finished is kept" {
  make_tiny
  jkr run tiny.lua a
  hold src tiny.lua
  for signal in INT=130 TERM=143; do
    # a shell without job control starts what runs beside it with SIGINT ignored
    env --default-signal=INT "$JKR" run tiny.lua --progress plain 8>&- >log 2>&1 &
    wait_for "another run works on it" log
    kill "-${signal%=*}" $!
    status=0
    wait $! || status=$?
    [ "$status" = "${signal#*=}" ]
  done
  exec 8>&-
  [ "$(state a tiny.lua)" = cached ]
  jkr run tiny.lua
}

@test "-D: what is wrong with it is said" {
  make_options
  refused 2 'option `rt` is true or false, not `maybe`' check opt.lua -D rt=maybe
  refused 2 'did you mean `rt`' check opt.lua -D tr=true
  refused 2 'KEY=VALUE, not `rt`' check opt.lua -D rt
  refused 2 'KEY=VALUE, not `=x`' check opt.lua -D =x
  refused 2 'at least 1' check opt.lua -D n=0
  refused 2 'at most 9' check opt.lua -D n=10
  refused 2 'a whole number, not `ten`' check opt.lua -D n=ten
  refused 2 'a whole number' check opt.lua -D n=
  refused 2 'seconds since 1970' check opt.lua -D epoch=yes
  refused 2 '`-D` needs a value' check opt.lua -D
  jkr run opt.lua -D n=5 -Drt=false -o out
  [ "$(cat out/w)" = false5 ]
}

@test "-C works in another folder, before and behind the command" {
  make_options
  cd /
  jkr -C "$work/project" check opt.lua
  jkr check -C "$work/project" opt.lua
  jkr check --directory="$work/project" opt.lua
  refused 2 "cannot work in \`$work/nowhere\`" check -C "$work/nowhere" opt.lua
}

@test "flag before environment before jkr.yaml before the user's file" {
  make_tiny
  make_options
  mkdir -p xdg/jkr
  export XDG_CONFIG_HOME=$PWD/xdg
  unset JKR_STORE
  stores() { find "$work" -maxdepth 1 -name 's.*' | sed 's/.*s\.//' | sort | tr '\n' ' '; }
  echo "store: $work/s.user" >xdg/jkr/config.yaml
  jkr run opt.lua
  [ "$(stores)" = "user " ]
  echo "store: $work/s.project" >jkr.yaml
  jkr run opt.lua
  [ "$(stores)" = "project user " ]
  JKR_STORE=$work/s.env jkr run opt.lua
  [ "$(stores)" = "env project user " ]
  JKR_STORE=$work/s.env2 jkr run opt.lua --store "$work/s.flag"
  [ "$(stores)" = "env flag project user " ]
}

@test "a flag that is off in a stronger source stays off" {
  make_staged
  echo 'locked: true' >jkr.yaml
  refused 5 "--locked" run staged.lua
  JKR_LOCKED=0 jkr run staged.lua
  rm jkr.lock
  rm -rf "$JKR_STORE"
  JKR_LOCKED=no jkr run staged.lua
  rm jkr.lock
  rm -rf "$JKR_STORE"
  mkdir -p xdg/jkr
  echo 'locked: true' >xdg/jkr/config.yaml
  echo 'locked: false' >jkr.yaml
  XDG_CONFIG_HOME=$PWD/xdg jkr run staged.lua
}

@test "settings that do not exist or do not fit are refused with their line" {
  make_options
  printf 'name: x\njbos: 4\n' >jkr.yaml
  refused 2 'jkr.yaml:2:1' check opt.lua
  [[ $output == *'did you mean `jobs`'* ]]
  echo 'jobs: many' >jkr.yaml
  refused 2 'a number' check opt.lua
  echo 'jobs: [1]' >jkr.yaml
  refused 2 'one value' check opt.lua
  echo 'locked: sometimes' >jkr.yaml
  refused 2 'true or false, not `sometimes`' check opt.lua
  echo '- jobs' >jkr.yaml
  refused 2 'must hold settings' check opt.lua
  printf 'jobs: [1\n' >jkr.yaml
  refused 2 'not YAML' check opt.lua
  rm jkr.yaml
  JKR_JOBS=x refused 2 'environment variable `JKR_JOBS`' check opt.lua
  JKR_PROGRESS=loud refused 2 'JKR_PROGRESS' check opt.lua
  JKR_LOCKED=maybe refused 2 'JKR_LOCKED' check opt.lua
}

@test "the reference knows every primitive, constructor, command and error" {
  {
    find "$repo"/interp/{prim,cmd} -name '*.c' -printf '%f\n' | sed 's,\.c$,,'
    sed -n 's/^define "\([a-z_]*\)".*/\1/p' "$repo"/stdlib/*.lua
    sed -n 's/^X("\(E[0-9]*\)".*/\1/p' "$repo"/interp/base/codes/*.def
  } >names
  [ "$(wc -l <names)" -gt 150 ]
  while read -r name; do
    jkr doc "$name" >text || { echo "no documentation of $name"; return 1; }
    [ "$(wc -w <text)" -gt 8 ] || { echo "nothing is said about $name"; return 1; }
  done <names
  run jkr doc
  [ "$status" = 0 ]
  while read -r name; do
    [[ $name == E* || $output == *$name* ]] || [ -e "$repo/interp/cmd/$name.c" ] || { echo "$name is not listed"; return 1; }
  done <names
  # a dot inside a word ends no sentence
  [[ $output == *'Checks an entry of extlinux.conf against'* ]]
}

@test "every error that jkr can print is in the table" {
  grep -rhoE '"E[0-9]{4}"' "$repo"/interp --include='*.c' | tr -d '"' | sort -u >used
  sed -n 's/^X("\(E[0-9]*\)".*/\1/p' "$repo"/interp/base/codes/*.def | sort >table
  [ "$(wc -l <used)" -gt 100 ]
  [ -z "$(uniq -d table)" ]
  [ -z "$(comm -23 used table)" ]
}

@test "the manual pages are those that jkr prints, and roff has nothing to say about them" {
  for page in jkr.1 jkr-recipe.5; do
    jkr doc $page >printed
    cmp printed "$repo/docs/$page" || { echo "run: make man"; return 1; }
    # whichever is here: man(1) of man-db, or roff itself
    if command -v man >/dev/null; then
      [ -z "$(LC_ALL=C.UTF-8 MANROFFSEQ='' MANWIDTH=80 man --warnings -E UTF-8 -l -Tutf8 -Z ./printed 2>&1 >/dev/null)" ]
    fi
    if command -v groff >/dev/null; then
      [ -z "$(groff -man -ww -Tutf8 -z printed 2>&1)" ]
    fi
  done
}

@test "folders with blanks, other alphabets, quotes and a line break" {
  make_tiny
  for name in "with blanks" "žluťoučký кот" $'line\nbreak' "it's \"quoted\" \$HOME" "-dash"; do
    mkdir "../$name"
    cp file.tar.xz fix.patch tiny.lua "../$name/"
    (
      # joined by &&: the shell does not end at a failure in front of ||
      cd -- "../$name" && export JKR_STORE=$PWD/store &&
        jkr run tiny.lua -o "out put" &&
        printf 'one\nTWO\nthree\n' | cmp - "out put/README" &&
        jkr plan tiny.lua --fail-if-changes &&
        jkr run tiny.lua --format json | json 'len(d["artifacts"])' | grep -qx 2 &&
        cd / && jkr check "$JKR_STORE/../tiny.lua"
    ) || { echo "in: $name"; return 1; }
  done
}

@test "names of artifacts are as odd as their files" {
  mkdir src
  echo x >$'src/line\nbreak'
  echo y >'src/with blank'
  echo 'return bundle "odd" { copy "src" { "src" } }' >odd.lua
  jkr run odd.lua -o out
  cmp $'src/line\nbreak' $'out/line\nbreak'
  cmp 'src/with blank' 'out/with blank'
  jkr run odd.lua --format json | json 'sorted(a["name"] for a in d["artifacts"])' | grep -qF 'line\nbreak'
}

@test "a chain of 300 steps" {
  cat >chain.lua <<'LUA'
local last = write "s0" { path = "f0", text = "0" }
for i = 1, 299 do
  last = write("s" .. i) { on = last, path = "f" .. i, text = tostring(i) }
end
return bundle "chain" { last }
LUA
  jkr run chain.lua -o out -q
  [ "$(find out -type f | wc -l)" = 300 ]
  [ "$(cat out/f299)" = 299 ]
  jkr plan chain.lua --fail-if-changes
  jkr cache verify
}

@test "an error in a patch names the recipe's line too" {
  make_tiny
  sed -i 's/^ one/ eins/' fix.patch
  refused 1 'fix.patch:4' run tiny.lua
  [[ $output == *'in step `fix`, tiny.lua:4'* ]]
}

@test "a folder that several steps made has a path where it is whole, or none" {
  cat >layers.lua <<'LUA'
return tree "src" { write { path = "d/a", text = "a" }, write { path = "d/b", text = "b" } }
LUA
  [ "$(jkr run layers.lua --format json | json 'd["artifacts"][0]["path"]')" = None ]
  path=$(jkr run layers.lua -o out --format json | json 'd["artifacts"][0]["path"]')
  [ "$(cd "$path" && echo *)" = "a b" ]
}

@test "a plan loads none of the large libraries that only work needs" {
  [ "$(uname -m)" = x86_64 ] || skip "interp/lazy.sh knows x86-64 only"
  [[ $JKR != */san/* ]] || skip "sanitizers link every library"
  make_tiny
  loaded() { LD_DEBUG=files "$JKR" "$1" tiny.lua 2>&1 | grep -oE 'file=lib(archive|git2|curl|icu)[^ ]*' | sort -u; }
  no [ -n "$(loaded plan)" ]
  [[ $(loaded run) == *libarchive* ]]
}

@test "options behind the recipe are options, whatever POSIXLY_CORRECT says" {
  make_options
  POSIXLY_CORRECT=1 jkr run opt.lua -q -o out
  [ -e out/w ]
}
