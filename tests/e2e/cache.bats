#!/usr/bin/env bats
# Results between machines: a real nginx, folders, and servers that fail and lie. A machine is a store.

load helper
load cache

disks=()
teardown() {
  stop_servers
  cd /
  for disk in "${disks[@]}"; do umount -l "$disk"; done
  rm -rf "$work"
}

# builds MACHINE…: the run says that it fetched nothing and ended well
builds() {
  on "$1" run r.lua --cache "$url" -o out-"$1" 2>said-"$1" >/dev/null || {
    cat said-"$1"
    return 1
  }
  no grep -q 'fetched from' said-"$1"
  diff -r out-one out-"$1"
}

@test "nginx: one machine builds, the other fetches what it needs and builds nothing" {
  start_nginx
  make_steps
  named builder env JKR_STORE="$work/one" "$JKR" run r.lua --cache "$url" --cache-write -o out-one
  [ "$(find "$nginx/store/ac" -type f | wc -l)" = 5 ]
  on one cache verify
  on two plan r.lua --cache "$url" >plan
  grep -q 'nothing to do, 5 cached (5 of them away)' plan
  grep -Eq "away +r .* in $url, built on builder" plan
  [ ! -e "$work/two" ] # a plan writes nothing
  on two plan r.lua --cache "$url" --format json | json '[s["away"] for s in d["steps"]]' | grep -q "$url"
  on two run r.lua --cache "$url" -o out-two -v 2>said
  no grep -q begins said
  grep -q "r: fetched from $url, built on builder" said
  [ "$(find "$work/two/results" -type f | wc -l)" = 1 ] # of the tree that `r` takes a file from only the list was looked at
  diff -r out-one out-two
  on two cache verify
  on two why r.lua r --cache "$url" | grep -q ' on builder by `jkr run r.lua`'
  # one step of it changes: its inputs come, nothing else is built
  sed -i 's/name = "p.tar"/name = "q.tar"/' r.lua
  on three run r.lua --cache "$url" -o out-three 2>said
  [ "$(grep -c begins said)" = 2 ]
  grep -q 't/2-edit: fetched' said && grep -q 'p: begins' said
  on three cache verify
  on three why r.lua p --cache "$url" | grep -q " on $(uname -n) by" # made here
  on three why r.lua t/2-edit --cache "$url" | grep -q ' on builder by'
}

@test "what lies under ac/ is an ActionResult of the Remote Execution API, read by a program that knows no jkr" {
  make_steps
  named builder env JKR_STORE="$work/one" "$JKR" run r.lua --cache "file://$work/c" --cache-write
  python3 "$BATS_TEST_DIRNAME/action_result.py" "$work/c" >results
  cat results
  [ "$(wc -l <results)" = 5 ]
  [ "$(grep -c ' exit=0 .* worker=builder$' results)" = 5 ]
  grep -q ' blobs=[1-9].* log=1 ' results
  no grep -q ' inline=0 ' results
  # it looks at the bytes
  echo more >>"$(find "$work/c/cas" -type f | sort | head -n 1)"
  run python3 "$BATS_TEST_DIRNAME/action_result.py" "$work/c"
  [ "$status" = 1 ]
  [[ $output == *"is not what its digest says"* ]]
}

@test "nothing is written without --cache-write, and nothing twice" {
  start_nginx
  make_steps
  on one run r.lua --cache "$url"
  [ -z "$(find "$nginx/store" -type f)" ]
  on one run r.lua --cache "$url" --cache-write # what an earlier run built goes there now
  [ "$(find "$nginx/store/ac" -type f | wc -l)" = 5 ]
  : >"$nginx/log/access.log" && kill -USR1 "$(cat "$nginx/nginx.pid")"
  on one run r.lua --cache "$url" --cache-write
  on four run r.lua --cache-write --cache "$url" --fresh # equal results: nothing of them is sent again
  no grep -q '"PUT .* 201' "$nginx/log/access.log"
  # an edited folder's results are for nobody else
  printf 'cache: %s\ncache-write: true\n' "$url" >jkr.yaml
  before=$(find "$nginx/store/ac" -type f | wc -l)
  mkdir -p edited/d/a && echo mine >edited/d/a/text
  on one run r.lua --with t=edited
  [ "$(find "$nginx/store/ac" -type f | wc -l)" = "$before" ]
}

@test "a text of a result that is elsewhere: it stands beside the list, and no layer comes for it" {
  touch jkr.yaml
  cat >r.lua <<'LUA'
recipe "r" { version = "1", license = "MIT", summary = "a text of another step" }
local t = tree "t" { write "name" { path = "name", text = "6.1-rt\n" }, write "more" { path = "more", text = ("x"):rep(3000) } }
return write "said" { path = "said", text = text(t / "name") }
LUA
  on one run r.lua --cache "file://$work/c" --cache-write -o out-one
  on two run r.lua --cache "file://$work/c" -o out-two --progress plain 2>said
  no grep -q begins said
  [ "$(find "$work/two/results" -type f | wc -l)" = 1 ]
  [ "$(cat out-two/said)" = 6.1-rt ]
  # longer than what stands there: the tree comes
  sed -i 's/"name")/"more")/' r.lua
  on three run r.lua --cache "file://$work/c" -o out-three
  [ "$(cat out-three/said)" = "$(printf '%03000d' 0 | tr 0 x)" ]
  # one that is not what the list says is not taken
  sed -i 's/"more")/"name")/' r.lua
  grep -rlF .jkr/text/name "$work/c/ac" | xargs grep -lE 'x{100}' | xargs sed -i 's/6.1-rt/9.9-rt/g' # the tree's, whose key has it not
  on four run r.lua --cache "file://$work/c" -o out-four 2>said
  [ "$(cat out-four/said)" = 6.1-rt ]
  grep -q 'has a `.jkr/text/name` that is not what its digest says' said
}

@test "what turns out in the midst of a run to be in the store goes to the cache as well" {
  make_steps
  on one run r.lua
  sed -i 's/find = "first", replace = "second"/find = "irst", replace = "econd"/; s/first.n/sirst\\n/' r.lua
  on one run r.lua --cache "file://$work/c" --cache-write --progress plain 2>said
  cat said
  [ "$(grep -c begins said)" = 3 ] # the text is as before, so what stands behind it is there
  [ "$(find "$work/c/ac" -type f | wc -l)" = 5 ]
  on two run r.lua --cache "file://$work/c" --progress plain 2>said
  no grep -q begins said
}

@test "an empty answer, a dead address, a lost server: the run builds, and says it once" {
  make_steps
  on one run r.lua -o out-one
  url=http://127.0.0.1:$(free_port) # nobody listens
  builds two
  [ "$(grep -c 'warning: the shared cache' said-two)" = 2 ]
  grep -q 'after 3 mistakes it is not asked any more' said-two
  start_nginx
  builds three
  no grep -q warning said-three
  on one run r.lua --cache "$url" --cache-write
  rm -r "$nginx/store/cas"
  builds four # every entry of ac/ leads nowhere
  grep -q 'does not give its result' said-four
}

@test "a server that fails in mid-upload, then one that is gone: the run ends well, the next one sends the rest" {
  make_steps
  start_nginx
  on one run r.lua -o out-one
  mkdir "$work/lies"
  start_liar "$work/lies" 50 cut reset error
  on one run r.lua --cache "$url" --cache-write 2>said
  kill "$liar" && liar=
  url=http://127.0.0.1:$port
  stop_nginx && sleep 0.2
  on one run r.lua --cache "$url" --cache-write 2>said
  grep -q 'nothing more is sent to it' said
  start_nginx "$port"
  on one run r.lua --cache "$url" --cache-write 2>said
  [ "$(find "$nginx/store/ac" -type f | wc -l)" = 5 ]
  on two run r.lua --cache "$url" -o out-two 2>said
  no grep -q begins said
}

@test "nginx is killed in mid-upload of 60 MB: the run ends well, the next one sends the rest, and the bytes are equal" {
  make_steps
  make_big 60
  start_nginx
  on one run r.lua --cache "$url" --cache-write
  on one run b.lua -o out-one
  kill_mid_upload 3>&- &
  killer=$!
  on one run b.lua --cache "$url" --cache-write 2>said || { cat said; return 1; }
  cat said
  wait $killer
  grep -q "warning: .*$url" said
  part=$(find "$nginx/tmp" -type f -size +200k) # what it had of it
  [ -n "$part" ] && [ "$(stat -c %s "$part")" -lt 60000000 ]
  [ -z "$(find "$nginx/store/cas" -size +1M)" ]
  [ "$(find "$nginx/store/ac" -type f | wc -l)" = 5 ]
  start_nginx "$port"
  on one run b.lua --cache "$url" --cache-write 2>said
  no grep -q warning said
  [ "$(find "$nginx/store/ac" -type f | wc -l)" = 6 ]
  jkr cache fsck "$nginx/store"
  on two run b.lua --cache "$url" -o out-two -v 2>said
  no grep -q begins said
  grep -q "big: fetched from $url" said
  diff -r out-one out-two
}

@test "wrong bytes of every kind: nothing of them is taken" {
  make_steps
  on one run r.lua --cache "file://$work/good" --cache-write -o out-one
  for kind in flip short long zeros other empty page cut reset error forbidden; do
    rm -rf "$work/lies" && cp -r "$work/good" "$work/lies"
    start_liar "$work/lies" 100 "$kind"
    rm -rf "$work/two"
    on two run r.lua --cache "$url" -o out-two 2>said || { echo "$kind"; cat said; return 1; }
    kill "$liar" && liar=
    diff -r out-one out-two
    on two cache verify
    grep -q "warning: .*$url" said
  done
}

@test "peers, the first of which lies: the next one answers, and nothing is built" {
  make_steps
  on one run r.lua --cache "file://$work/good" --cache-write -o out-one
  cp -r "$work/good" "$work/lies"
  for kind in flip short long zeros other empty; do
    start_liar "$work/lies" 100 "$kind"
    rm -rf "$work/two"
    printf 'peers: ["%s", "file://%s/good"]\n' "$url" "$work" >jkr.yaml
    on two run r.lua -o out-two -v 2>said || { echo "$kind"; cat said; return 1; }
    kill "$liar" && liar=
    cat said
    diff -r out-one out-two
    on two cache verify
    no grep -q begins said
    grep -q "fetched from file://$work/good" said
    grep -q "warning: .*$url" said
  done
}

@test "a slow cache makes a run slower, not wrong: it is left after its limit" {
  make_steps
  on one run r.lua --cache "file://$work/good" --cache-write -o out-one
  start_liar "$work/good" 100 slow
  builds two
  grep -q 'cannot be used' said-two
}

@test "a result that another machine has otherwise is a finding: both stay" {
  start_nginx
  make_steps
  cat >r.lua <<'LUA'
return write "w" { path = "a", text = "one" }
LUA
  on one run r.lua --cache "$url" --cache-write
  # the key of one with the tree of another, as a step gives it that is not reproducible
  cat >s.lua <<'LUA'
return write "w" { path = "a", text = "two" }
LUA
  on two run s.lua
  on two run r.lua
  key=$(on two plan r.lua --format json | json 'd["steps"][0]["key"]')
  other=$(on two plan s.lua --format json | json 'd["steps"][0]["key"]')
  swap "$work/two" "$key" "$other"
  before=$(sha256sum "$nginx/store/ac/$key")
  on two run r.lua --cache "$url" --cache-write 2>said
  grep -q 'warning: `w` has another result in the shared cache, of equal inputs' said
  [ "$(sha256sum "$nginx/store/ac/$key")" = "$before" ]
}

# swap STORE KEY OTHER: gives KEY the tree of OTHER
swap() {
  python3 - "$@" <<'PY'
import hashlib, sys
store, key, other = sys.argv[1:]
path = lambda k: "%s/results/%s/%s" % (store, k[:2], k)
line = lambda text, name: next(l for l in text.splitlines() if l.startswith(name + "\t"))
mine, theirs = open(path(key)).read(), open(path(other)).read()
body = mine.replace(line(mine, "tree"), line(theirs, "tree"))
body = body[:body.rindex("sum ")]
open(path(key), "w").write(body + "sum " + hashlib.sha256(body.encode()).hexdigest() + "\n")
PY
}

# small_disk FOLDER SIZE: a file system of that size; all go when the test ends
small_disk() {
  [ "$(id -u)" = 0 ] || skip "mounts need root"
  mkdir -p "$1" && mount -t tmpfs -o "size=$2" none "$1" && disks+=("$1")
}

@test "a full disk under a folder that is a cache: a warning" {
  small_disk "$work/small" 100k
  make_steps
  cat >r.lua <<'LUA'
local v = {}
for i = 1, 200000 do v[i] = tostring(i * 7919 % 100003) end
return write "w" { path = "a", text = table.concat(v) }
LUA
  on one run r.lua -o out-one
  on one run r.lua --cache "file://$work/small/c" --cache-write 2>said
  grep -q 'No space left' said
}

@test "a full disk under nginx: 500s are a warning, and what went up is whole; with room the next run sends the rest" {
  small_disk "$work/nginx" 20m
  make_steps
  make_big 40
  start_nginx
  on one run r.lua --cache "$url" --cache-write
  on one run b.lua --cache "$url" --cache-write -o out-one 2>said
  cat said
  grep -q "warning: .*$url.*500" said
  [ "$(find "$nginx/store/ac" -type f | wc -l)" = 5 ]
  mount -o remount,size=200m "$work/nginx"
  jkr cache fsck "$nginx/store"
  on one run b.lua --cache "$url" --cache-write 2>said
  no grep -q warning said
  on two run b.lua --cache "$url" -o out-two -v 2>said
  no grep -q begins said
  diff -r out-one out-two
}

@test "a full disk under the store that results are fetched into: said of this machine, and nothing is half there" {
  small_disk "$work/small" 20m
  make_big 40
  start_nginx
  on one run b.lua --cache "$url" --cache-write -o out-one
  cp -r "$nginx/store" "$work/c"
  for from in "$url" "file://$work/c"; do
    rm -rf "$work/small/two"
    JKR_STORE=$work/small/two run jkr run b.lua --cache "$from" -o out-two --progress plain
    echo "$status $output"
    [ "$status" = 1 ]
    # the cache is not blamed, and the step, which is tried here then, has no room either
    [[ $output == *"warning: cannot write what \`$from"*"sends: No space left on device"* || $output == *"warning: cannot write what the shared cache \`$from\` sends: No space left on device"* ]]
    [[ $output == *"big: begins: its result cannot be taken from the shared cache"* ]]
    [[ $output == *"error[E0804]: cannot write \`big.bin\` into the store: No space left on device"*"jkr cache gc"* ]]
    [[ $output != *"cannot be used"* ]]
    [ ! -e out-two ]
    JKR_STORE=$work/small/two jkr cache verify
  done
  mount -o remount,size=200m "$work/small"
  JKR_STORE=$work/small/two jkr run b.lua --cache "$url" -o out-two -v 2>said
  no grep -q begins said
  diff -r out-one out-two
}

@test "a folder of another machine by ssh, a real one" {
  [ -x /usr/sbin/sshd ] || skip "no sshd"
  [ "$(id -u)" = 0 ] || skip "sshd needs root here"
  make_steps
  mkdir -p "$work/ssh" bin /run/sshd && chmod 700 "$work/ssh"
  ssh-keygen -q -t ed25519 -N '' -f "$work/ssh/host" && ssh-keygen -q -t ed25519 -N '' -f "$work/ssh/key"
  cp "$work/ssh/key.pub" "$work/ssh/authorized"
  port=$(free_port)
  /usr/sbin/sshd -f /dev/null -h "$work/ssh/host" -p "$port" -o ListenAddress=127.0.0.1 -o "PidFile=$work/ssh/pid" \
    -o "AuthorizedKeysFile=$work/ssh/authorized" -o StrictModes=no -o PasswordAuthentication=no -o UsePAM=no \
    -o PermitRootLogin=yes -o "SetEnv=PATH=$(dirname "$JKR"):/usr/bin:/bin"
  until_true test -e "$work/ssh/pid"
  # the user's own configuration of ssh, in the place of ~/.ssh/config
  printf '#!/bin/sh\nexec /usr/bin/ssh -F /dev/null -i %s -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR "$@"\n' \
    "$work/ssh/key" >bin/ssh && chmod +x bin/ssh
  PATH=$PWD/bin:$PATH
  url=ssh://root@127.0.0.1:$port$work/far
  on one run r.lua --cache "$url" --cache-write -o out-one 2>said
  no grep -q warning said
  [ "$(find "$work/far/ac" -type f | wc -l)" = 5 ]
  on two run r.lua --cache "$url" -o out-two 2>said
  no grep -q begins said
  diff -r out-one out-two
  on two cache verify
  kill "$(cat "$work/ssh/pid")" && sleep 0.2
  builds three
  grep -q 'cannot be used: .*refused' said-three
  # one that answers nonsense, and one that hangs up
  printf '#!/bin/sh\necho hello\n' >bin/ssh
  builds four
  grep -q 'no jkr that serves a cache' said-four
  printf '#!/bin/sh\nprintf "jkr depot 1\\n"; read -r q; echo "yes 99999999"\n' >bin/ssh
  builds five
}

@test "cache push, pull and fsck" {
  make_steps
  on one run r.lua -o out-one
  on one cache push r.lua --cache "file://$work/c" | grep -q '^5 results in'
  on two cache pull r.lua --cache "file://$work/c" | grep -q '5 results fetched, 5 of 5 steps are here'
  on two plan r.lua | grep -q 'nothing to do, 5 cached$'
  jkr cache fsck "$work/c" | grep -q '^5 results'
  blob=$(find "$work/c/cas" -type f | sort | head -1)
  echo more >>"$blob"
  run jkr cache fsck "$work/c"
  [ "$status" = 3 ] && [[ $output == *"has other bytes than its name says"* ]]
  run jkr cache fsck "$work/c" --repair
  [[ $output == *"names a blob that is not there"* ]] && [ ! -e "$blob" ]
  jkr cache fsck "$work/c"
}

@test "trusted keys: what nobody trusted signed is built here" {
  start_nginx
  make_steps
  minisign -GW -p key.pub -s key.sec >/dev/null
  minisign -GW -p other.pub -s other.sec >/dev/null
  on one run r.lua --cache "$url" --cache-write --cache-key key.sec -o out-one
  printf 'trusted_keys: [%s]\n' "$(tail -1 key.pub)" >jkr.yaml
  on two run r.lua --cache "$url" -o out-two 2>said
  no grep -q begins said
  printf 'trusted_keys: [%s]\n' "$(tail -1 other.pub)" >jkr.yaml
  builds three
  grep -q "no trusted key signed: it is not taken" said-three
  echo >jkr.yaml && on five run r.lua --cache "file://$work/plain" --cache-write # poisoned: not signed
  printf 'trusted_keys: [%s]\n' "$(tail -1 key.pub)" >jkr.yaml
  url=file://$work/plain
  builds four
  grep -q "is not signed: it is not taken" said-four
}

@test "the configuration: cache, peers, none, offline" {
  start_nginx
  make_steps
  on one run r.lua --cache "file://$work/peer" --cache-write
  printf 'cache: %s\npeers: ["file://%s/nothing", "file://%s/peer"]\n' "$url" "$work" "$work" >jkr.yaml
  on two plan r.lua | grep -q '5 of them away'
  on two plan r.lua --all | grep -q "in file://$work/peer"
  on two plan r.lua --offline | grep -q '5 of them away'
  sed -i '/peers/d' jkr.yaml
  on two plan r.lua | grep -q '5 to run\|to run'
  JKR_CACHE=file://$work/peer on two plan r.lua | grep -q '5 of them away'
  JKR_CACHE=file://$work/peer on two plan r.lua --cache none | grep -q 'to run'
}
