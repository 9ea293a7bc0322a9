#!/usr/bin/env bats
# git_checkout from real servers on loopback: git daemon, git http-backend, plain files over http; and what can go wrong
# on the way. What must come out is what `git archive` says.

load helper
load git

# recipe WORDS [FILE]: a checkout of $url with these parameters
recipe() { echo "return git_checkout \"src\" { \"$url\"${1:+, $1} }" >"${2:-r.lua}"; }

# is COMMIT FOLDER [SUBDIR]: the folder holds what git archive makes of the commit
is() {
  rm -rf want && mkdir want
  git -C srv/up archive "$1" | tar -x -C want
  diff -r "want/${3:-.}" "$2"
}

@test "every kind of name leads to what it names, and a name is never an id" {
  upstream 2
  first=$id
  git -C srv/up tag light && git -C srv/up tag -a -m x v1
  commit second && second=$id
  git -C srv/up branch "$first" # looks like the id of the first, and leads to the second
  git -C srv/up branch v1       # is a tag as well: the tag is meant
  git -C srv/up update-ref refs/pull/7/head "$first"
  commit third
  serve
  check() {
    recipe "${1:+ref = \"$1\"}"
    rm -rf out jkr.lock && jkr run r.lua -q -o out
    is "$2" out
    grep -q "$2" jkr.lock
  }
  check '' "$id"
  check main "$id"
  check HEAD "$id"
  check refs/heads/main "$id"
  check light "$first"
  check v1 "$first"
  check refs/tags/v1 "$first"
  check refs/heads/v1 "$second"
  check refs/pull/7/head "$first"
  check "$first" "$second"
  recipe "ref = \"$second\""
  run jkr run r.lua
  [ "$status" = 7 ]
  [[ $output == *"always a name"* ]]
}

@test "the second fetch of a branch that moved brings only what is new" {
  upstream 200
  serve
  recipe 'ref = "main"'
  jkr run r.lua -q -o out
  is "$id" out
  all=$(sent)
  commit second d/f7
  # what the server packs, counted by its own hook
  cat >"$work/count" <<SH
#!/bin/sh
"\$@" | tee "$PWD/pack"
SH
  chmod +x "$work/count" && git config --file "$work/.gitconfig" uploadpack.packObjectsHook "$work/count"
  jkr update r.lua -q
  : >gate.log
  rm -rf out && jkr run r.lua -q -o out
  is "$id" out
  objects=$(od -An -tu1 -j11 -N1 pack | tr -d ' ')
  echo "# first $all bytes, then $(sent) bytes, $objects objects" >&3
  [ "$objects" = 4 ] # a commit, two trees, a file
  [ "$(sent)" -lt 20000 ] && [ "$all" -gt 500000 ]
  # no history comes with it
  [ "$(git -C "$(echo "$JKR_STORE"/mirrors/*)/repository.git" rev-list --count "$id")" = 1 ]
  # and what another recipe wants of it comes from here
  echo "cut 0" >order
  recipe "commit = \"$id\", subdir = \"d\"" other.lua
  jkr run other.lua -q -o d
  is "$id" d d
}

@test "offline: what the mirror has needs no network, the rest is status 5" {
  upstream 3
  serve
  recipe 'ref = "main"'
  jkr run r.lua -q -o out
  one=$id
  commit second
  end_servers
  recipe "commit = \"$one\", subdir = \"d\"" a.lua
  jkr run a.lua --offline -q -o d
  is "$one" d d
  recipe "commit = \"$id\"" b.lua
  run jkr run b.lua --offline
  [ "$status" = 5 ]
  [[ $output == *E0913*"$(echo "$id" | cut -c1-12)"* ]]
  run jkr run b.lua
  [ "$status" = 7 ]
  rm jkr.lock && run jkr plan r.lua --offline
  [ "$status" = 5 ]
}

@test "a damaged mirror is found, set aside and made anew" {
  upstream 60
  commit second && first=$(git -C srv/up rev-parse HEAD~)
  serve
  # without any result, so that it is read again
  again() {
    recipe "commit = \"$1\"" r.lua
    rm -rf out "$JKR_STORE"/results "$JKR_STORE"/trees "$JKR_STORE"/layers "$JKR_STORE"/seen
    jkr run r.lua -q -o out "${@:2}"
  }
  again "$first"
  repo() { echo "$JKR_STORE"/mirrors/*/repository.git; }
  aside() { find "$JKR_STORE/quarantine" -name repository.git | wc -l; }
  pack() { find "$(repo)" -name '*.pack' -size +30k; }
  hole() { head -c 3000 /dev/zero | dd of="$(pack)" bs=1 seek=40000 conv=notrunc status=none; }
  # killed git programs leave locks and halves of packs
  touch "$(repo)/shallow.lock" "$(repo)/packed-refs.lock" "$(repo)/objects/pack/tmp_pack_x"
  again "$id"
  is "$id" out
  [ "$(aside)" = 0 ] && [ ! -e "$(repo)/objects/pack/tmp_pack_x" ]
  # how many are set aside by then: a hole in the middle, a pack that ends early, none (it is fetched again), no HEAD,
  # settings of garbage
  check() {
    again "$id"
    is "$id" out
    git --git-dir="$(repo)" fsck --no-progress
    [ "$(aside)" = "$1" ]
  }
  hole && check 1
  truncate -s 50000 "$(pack)" && check 2
  rm "$(pack)" && check 2
  rm "$(repo)/HEAD" && check 3
  echo '[' >"$(repo)/config" && check 4
  # a hole, and what is asked for is something else that rests on it
  again "$first"
  hole
  commit third d/f1
  again "$id"
  is "$id" out
  # offline there is nothing to make it of, and that is said
  truncate -s 50000 "$(pack)"
  run again "$id" --offline
  [ "$status" = 5 ]
  again "$id"
  is "$id" out
}

@test "a server that hangs up or lies half way: one sentence, and all is as it was" {
  upstream 60
  serve
  recipe 'ref = "main"'
  jkr run r.lua -q -o out
  old=$id
  for i in $(seq 70 130); do head -c 4000 /dev/urandom | base64 >"srv/up/d/f$i"; done
  commit second
  recipe "commit = \"$id\"" new.lua
  for order in "cut 0" "cut 100" "cut 3000" "cut 100000" "spoil 100000"; do
    echo "$order" >order
    run jkr run new.lua -q
    [ "$status" = 7 ] && [[ $output =~ error\[E09(14|20)\] ]]
    [ "$(grep -c '^error' <<<"$output")" = 1 ]
    recipe "commit = \"$old\", subdir = \"d\"" "old.lua"
    jkr run old.lua --offline -q -o "d-${order// /-}"
  done
  [ ! -d "$JKR_STORE/quarantine" ] || [ -z "$(ls "$JKR_STORE/quarantine")" ]
  git -C srv/up fsck --no-progress
  echo pass >order
  jkr run new.lua -q -o new
  is "$id" new
  # a server that is not there
  end_servers
  commit third
  recipe "commit = \"$id\""
  run jkr run r.lua
  [ "$status" = 7 ]
}

@test "a branch that was moved away from its pin says so, and the mirror still builds it" {
  upstream 3
  serve
  commit wrong && pinned=$id
  recipe 'ref = "main"'
  jkr run r.lua -q -o out
  git -C srv/up reset -q --hard HEAD~
  commit right
  git -C srv/up reflog expire --expire=now --all && git -C srv/up gc -q --prune=now
  # here it is in the mirror, and the pin holds
  recipe 'ref = "main", subdir = "d"'
  jkr run r.lua -q -o d
  grep -q "$pinned" jkr.lock
  # another machine has no mirror
  run env JKR_STORE="$work/other" "$JKR" run r.lua
  [ "$status" = 7 ]
  [[ $output == *'error[E0919]'*'`main`'*"$(echo "$id" | cut -c1-12)"*"$(echo "$pinned" | cut -c1-12)"* ]]
  jkr update r.lua -q
  JKR_STORE=$work/other jkr run r.lua -q -o d
  is "$id" d d
}

@test "two runs at once fetch it once" {
  upstream 300
  serve
  JKR_STORE=$work/one
  recipe "commit = \"$id\""
  jkr run r.lua -q -o out
  alone=$(sent)
  : >gate.log
  JKR_STORE=$work/store
  for i in 1 2 3; do
    recipe "commit = \"$id\"$([ $i = 1 ] || echo ", subdir = \"d\", timeout = $((i * 100))")" r$i.lua
    jkr run r$i.lua -q -o out$i &
    jobs[i]=$!
  done
  for i in 1 2 3; do wait "${jobs[i]}"; done
  is "$id" out1 && is "$id" out2 d && is "$id" out3 d
  echo "# alone $alone, three at once $(sent) bytes" >&3
  [ "$(sent)" -lt $((alone + 2000)) ]
}

@test "a run that is killed in the middle of a fetch leaves nothing in the way of who waits for it" {
  upstream 100
  serve
  recipe "commit = \"$id\""
  recipe "commit = \"$id\", subdir = \"d\"" second.lua
  echo "hold 100000" >order
  jkr run r.lua -q -o out &
  first=$!
  until_true test -e order.held
  [ -n "$(find "$JKR_STORE/mirrors" -name 'tmp_pack_*')" ] # the fetch is in its middle
  jkr run second.lua -q -o d &
  second=$!
  until_true grep -rqs 'waits for another job' "$JKR_STORE/logs"
  kill -9 "$first"
  wait "$first" || true
  echo pass >order
  wait "$second"
  is "$id" d d
  [ -z "$(find "$JKR_STORE/mirrors" -name 'tmp_*' -o -name '*.lock')" ]
  jkr run r.lua -q --offline -o out
  is "$id" out
}

@test "old servers and plain files: a commit that they do not give by its id comes with its branch" {
  upstream 5
  old=$id
  commit second
  git clone -q --bare srv/up srv/bare.git && git -C srv/bare.git update-server-info
  start cgi srv
  for url in "http://127.0.0.1:$port/cgi-bin/git/bare.git" "http://127.0.0.1:$port/srv/bare.git"; do
    for want in "$id" "$old"; do
      recipe "commit = \"$want\", ref = \"main\""
      rm -rf out && jkr run r.lua -q -o out
      is "$want" out
    done
    recipe 'ref = "none"'
    run jkr run r.lua -q
    [ "$status" = 7 ] && [[ $output == *'no branch or tag `none`'* ]]
    recipe "commit = \"$(printf 0123%.0s {1..10})\""
    run jkr run r.lua -q
    [ "$status" = 7 ] && [[ $output == *'does not have the commit'* ]]
  done
}

@test "ls refs lists branches and tags, what is pinned, and what moved" {
  upstream 2
  git -C srv/up tag -a -m x v1
  git -C srv/up branch next
  git -C srv/up branch gone
  git -C srv/up update-ref refs/pull/7/head HEAD
  first=$id
  serve
  echo "local a, b = git_checkout \"a\" { \"$url\", ref = \"main\" }, git_checkout \"b\" { \"$url\", ref = \"next\" }
local c = git_checkout \"c\" { \"$url\", ref = \"gone\" }
return bundle \"all\" { a / \"README\", b / \"d\", c / \"d/f1\", git_checkout \"d\" { \"$url\", commit = \"$first\" } / \"d/f2\" }" >r.lua
  jkr run r.lua -q
  git -C srv/up branch -D gone -q
  commit second
  jkr ls refs r.lua | tee list | sed 's/^ *//; s/   */|/g' >flat
  diff flat - <<TEXT
$url
gone|gone|$first|pinned, and no longer there
HEAD|HEAD|$id
branch|main|$id|pinned at ${first:0:12}, moved since
branch|next|$first|pinned
tag|v1|$first|named by its commit
TEXT
  # the same for programs
  jkr ls refs r.lua --format json >list.json
  json '[(r["kind"], r["name"], r["state"], r["pin"]) for r in d["repositories"][0]["refs"] if r["state"]]' <list.json | tee states
  [ "$(cat states)" = "[('gone', 'gone', 'gone', '$first'), ('branch', 'main', 'moved', '$first'), ('branch', 'next', 'pinned', '$first'), ('tag', 'v1', 'named', None)]" ]
  [ "$(json '(d["repositories"][0]["url"], len(d["repositories"][0]["refs"]), [r["commit"] for r in d["repositories"][0]["refs"] if r["kind"] == "gone"])' <list.json)" = "('$url', 5, [None])" ]
  # by its address the same, with the pins of this folder
  jkr ls refs "$url" | sed 's/   */|/g' | grep -qx "branch|next|$first|pinned"
  [ "$(cd / && jkr ls refs "$direct" | grep -c pinned)" = 0 ]
  run jkr ls refs "$url" --offline
  [ "$status" = 5 ]
  run jkr ls refs "$url-none"
  [ "$status" = 7 ]
  jkr cache stat | grep '^mirrors  *1 of'
  jkr cache gc -q --max-age 1 && jkr cache stat | grep '^mirrors  *1 of'
  touch -d '3 days ago' "$JKR_STORE"/mirrors/*
  jkr cache gc -q --max-age 1 && jkr cache stat | grep '^mirrors  *0 of'
}

@test "a long fetch says how many of its objects have come" {
  upstream 300
  serve
  recipe 'ref = "main"'
  jkr run r.lua --progress json 2>events
  grep -c '"event":"progress"' events
  python3 - events <<'PY'
import json, sys
seen = [e for e in map(json.loads, open(sys.argv[1])) if e["event"] == "progress"]
done = [e["done"] for e in seen]
assert len(seen) > 3 and done == sorted(done) and all(e["total"] > 300 for e in seen), seen
PY
  # and nothing of that stands in the log or in a sentence
  log=$(jkr log r.lua src) || log=
  [[ $log != *Receiving* ]]
}

# refused STATUS CODE RECIPE: one mistake with this code and status, by which neither the server's repository, nor what
# is in the store, nor jkr.lock is another
refused() {
  local before after
  before=$(git -C srv/up for-each-ref; sort jkr.lock; ls "$JKR_STORE"/layers/*)
  run jkr run "$3" -q
  echo "$output"
  [ "$status" = "$1" ]
  [ "$(grep -c '^error' <<<"$output")" = 1 ]
  [[ $output == *"error[$2]"* ]]
  after=$(git -C srv/up for-each-ref; sort jkr.lock; ls "$JKR_STORE"/layers/*)
  [ "$before" = "$after" ]
  [ ! -d "$JKR_STORE/quarantine" ] || [ -z "$(ls "$JKR_STORE/quarantine")" ]
}

@test "refs that lead nowhere: one mistake each with its status, the source unchanged" {
  upstream 2
  serve
  recipe 'ref = "main"'
  jkr run r.lua -q -o out
  for case in '7 E0914 ref = "v9"' '7 E0914 ref = "refs/tags/main"' '7 E0914 ref = "mai"' \
    "7 E0914 ref = \"$id\"" "7 E0914 commit = \"${id//[0-9]/a}\"" '2 E0912 ref = "-v"' '2 E0912 ref = "--upload-pack=evil"' \
    '2 E0912 ref = "a..b"' '2 E0912 ref = "a b"' '2 E0912 ref = ""'; do
    read -r status code words <<<"$case"
    recipe "$words" bad.lua
    refused "$status" "$code" bad.lua
  done
  rm -rf again && jkr run r.lua --offline -q -o again
  is "$id" again
}

@test "a series that conflicts with what a server has: one mistake, the source unchanged, and it applies once it is mended" {
  upstream 2
  serve
  git clone -q "$direct" clone
  echo one >clone/d/f1 && git -C clone commit -qam one && echo two >clone/d/f1 && git -C clone commit -qam two
  git -C clone format-patch -q -o "$PWD/good" HEAD~2
  echo other >clone/d/f1 && git -C clone commit -qam other && echo three >clone/d/f1 && git -C clone commit -qam three
  git -C clone format-patch -q --start-number 2 -o "$PWD/late" HEAD~1
  mkdir series && cp good/0001* late/0002* series/
  recipe 'ref = "main"'
  { sed 's/^return/local src =/' r.lua && echo 'return patch "fix" { on = src, "series/*.patch" }'; } >s.lua
  jkr run r.lua -q -o out
  refused 1 E0502 s.lua
  [[ $output == *'patch `0002-three.patch`: hunk 1 of `d/f1` does not apply'* ]]
  [ "$(state src s.lua)" = cached ]
  rm -rf again && jkr run s.lua src --offline -q -o again
  is "$id" again
  cp good/0002* series/ && rm series/0002-three.patch
  jkr run s.lua -q -o fixed
  grep -qx two fixed/d/f1
}
