#!/usr/bin/env bats
# What runs in sandboxes: results, limits, warm folders, interruption.

load helper

# gone MARK: no process of a sandbox is left (MARK is an odd number of seconds that it sleeps)
gone() { no pgrep -fx "sleep $1"; }

# begin_sleeping MARK: a run whose only step sleeps MARK seconds, in $pid, which has begun
begin_sleeping() {
  { head_of; cat <<LUA
return run_in_container "r" { "sh", "-c", "echo x > f; sleep $1", toolchain = img }
LUA
  } >c.lua
  "$JKR" run c.lua --progress json 2>log &
  pid=$!
  touch log
  while ! grep -q '"begin","step":"r"' log; do sleep 0.05; done
  sleep 0.3
}

@test "a program's files and output become results" {
  make_image
  { head_of; cat <<'LUA'
local a = run_in_container "a" { "sh", "-c", "echo x > f; mkdir d; echo y > d/g", toolchain = img }
local b = run_in_container "b" { "sh", "-c", "cat /jkr/a/d/g; cat", toolchain = img, stdin = "in\n",
  mounts = { ["/jkr/a"] = a }, capture = "said" }
local c = run_in_container "c" { "sh", "-c", "rm d/g; echo z > f; echo n > new", toolchain = img, on = a }
return bundle "all" { b / "said", c }
LUA
  } >c.lua
  jkr run c.lua -o out
  printf 'y\nin\n' | cmp - out/said
  [ "$(cd out && find . -type f | sort | tr '\n' ' ')" = "./f ./new ./said " ]
  [ "$(cat out/f)" = z ]
}

@test "every backend that is here gives the same results" {
  make_image
  { head_of; cat <<'LUA'
local a = write { path = "one", text = "1" }
local b = write { on = a, path = "two", text = "2" }
return run_in_container "r" { "sh", "-c", "rm one; cat two two > three", toolchain = img, on = b }
LUA
  } >c.lua
  jkr run c.lua --progress json 2>bwrap.json
  mv "$JKR_STORE" "$JKR_STORE.old"
  jkr run c.lua --backend none --allow-host --progress json 2>none.json
  tree() { grep '"event":"end","step":"r"' "$1" | json 'd["tree"]'; }
  [ "$(tree bwrap.json)" = "$(tree none.json)" ]
  grep -q 'NOT HERMETIC' none.json
  [ "$(state r c.lua)" = run ] # what the host made is not taken for what the toolchain makes
  [ "$(state r c.lua --backend none)" = cached ]
  for b in docker podman; do
    type -P $b >/dev/null && $b info >/dev/null 2>&1 || continue
    mv "$JKR_STORE" "$JKR_STORE.$b"
    jkr run c.lua --backend $b --progress json 2>$b.json
    [ "$(tree bwrap.json)" = "$(tree $b.json)" ]
    [ -z "$($b ps -aq --filter label=jkr.run)" ]
    $b rmi -f "jkr:$(grep '"event":"end","step":"img"' bwrap.json | json 'd["tree"][:32]')" >/dev/null
  done
}

# on_overlay COMMAND…: runs it with a store on an overlay, which cannot be the upper of another
on_overlay() {
  mkdir -p "$work/ov/"{low,up,work,at}
  unshare -rm sh -c 'mount -t overlay -o "userxattr,lowerdir=$1/low,upperdir=$1/up,workdir=$1/work" x "$1/at" || exit 99
    export JKR_STORE="$1/at/store"; shift; exec "$@"' sh "$work/ov" "$@"
}

@test "where no overlay is to be had trees are copied, and results are the same" {
  make_image
  mkdir src
  printf '/jkr/build/out: in\n\tcat in > $@; echo compiled\n' >src/Makefile
  { head_of; cat <<'LUA'
local a = write { path = "d/one", text = "1" }
local b = write "b" { on = a, path = "d/two", text = "2" }
local r = run_in_container "r" { "sh", "-c", "rm d/one; cat d/two > three; cat /jkr/b/d/one /jkr/d/two > said; [ -z \"$(find /jkr/b -newermt @2)\" ]",
  toolchain = img, on = b, mounts = { ["/jkr/b"] = b, ["/jkr/d"] = b / "d" } }
local m = make_in_container "m" { "src", toolchain = img, outputs = { out = "out" } }
return { r, m }
LUA
  } >c.lua
  for text in a b; do
    echo $text >src/in
    jkr run c.lua -q -o out
    on_overlay "$JKR" run c.lua -o copied --progress json 2>said
    diff -r out copied
    [ "$(cat copied/out)" = $text ]
    grep -q 'trees are copied instead' said
    jkr manifest c.lua | json '[s["result"] for s in d["steps"]]' >results
    on_overlay "$JKR" manifest c.lua | json '[s["result"] for s in d["steps"]]' | cmp results -
  done
}

@test "the environment is what is given and pinned, and there is no network" {
  make_image
  { head_of; cat <<'LUA'
return run_in_container "r" { "env", toolchain = img, env = { FOO = "a b" }, capture = "env" }
LUA
  } >c.lua
  LEAK=1 jkr run c.lua -o out
  grep -qx 'FOO=a b' out/env
  grep -qx 'LC_ALL=C' out/env
  grep -q '^SOURCE_DATE_EPOCH=[0-9]' out/env
  no grep -q LEAK out/env
  [ "$(wc -l <out/env)" -le 14 ]
}

@test "a program has no group of the caller's" {
  make_image id
  { head_of; cat <<'LUA'
return run_in_container "r" { "id", "-G", toolchain = img, capture = "groups" }
LUA
  } >c.lua
  local as=() want="^0( 65534)?$" # an ordinary user may not drop them
  [ "$(id -u)" != 0 ] || as=(setpriv "--groups=4,24,100") want="^0$"
  for backend in bwrap none; do
    JKR_STORE=$PWD/store-$backend ${as[@]+"${as[@]}"} "$JKR" run c.lua --backend $backend -o out-$backend
    grep -E "$want" "out-$backend/groups"
  done
}

@test "a program ignores no signal, whatever the caller of jkr ignores" {
  make_image
  { head_of; cat <<'LUA'
return run_in_container "r" { "sh", "-c", "while read -r k v; do case $k in SigIgn: | SigBlk:) echo $k $v ;; esac; done </proc/self/status",
  toolchain = img, capture = "signals" }
LUA
  } >c.lua
  # make starts its lines with posix_spawn, which leaves the two signals of the C library's threads ignored.
  printf 'all:\n\t"$(JKR)" run c.lua -o out\n' >Makefile
  (trap '' INT QUIT USR1 && make JKR="$JKR")
  [ "$(cat out/signals)" = "$(printf 'SigBlk: 0000000000000000\nSigIgn: 0000000000000000')" ]
}

@test "a caller that ignores SIGCHLD does not keep a run from seeing its steps end" {
  make_image
  { head_of; cat <<'LUA'
return run_in_container "r" { "sh", "-c", "echo hello", toolchain = img, capture = "said" }
LUA
  } >c.lua
  timeout 60 python3 -c 'import os, signal, sys
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
os.execv(sys.argv[1], sys.argv[1:])' "$JKR" run c.lua -o out
  [ "$(cat out/said)" = hello ]
}

@test "a failed program is told with its status and its first error" {
  make_image
  { head_of; cat <<'LUA'
return run_in_container "r" { "sh", "-c", "echo a.c:3:5: error: no; echo later >&2; exit 4", toolchain = img }
LUA
  } >c.lua
  run jkr run c.lua
  [ "$status" = 1 ]
  [[ $output == *'error[E0317]: step `r` failed: `sh` exited with 4'* ]]
  [[ $output == *'a.c:3:5: error: no'* ]]
  [ "$(jkr plan c.lua --format json | json '[s["state"] for s in d["steps"] if s["name"] == "r"]')" = "['run']" ]
}

@test "a missing program, a missing output and an empty result are failures" {
  make_image
  { head_of; cat <<'LUA'
local a = run_in_container "a" { "no-such-program", toolchain = img }
local b = run_in_container "b" { "true", toolchain = img }
local c = run_in_container "c" { "sh", "-c", "echo > x; cp /dev/null y", toolchain = img, outputs = { x = "x", y = "y", z = "z" } }
return bundle "all" { a, b, c }
LUA
  } >c.lua
  run jkr run c.lua -k
  [ "$status" = 1 ]
  [[ $output == *'there is no program `no-such-program` in its image'* ]]
  [[ $output == *'step `b` left nothing in /jkr/out'* ]]
  [[ $output != *'did not make its output `x`'* ]]
  [[ $output == *'did not make its output `y`'* ]]
  [[ $output == *'did not make its output `z`'* ]]
}

@test "wildcards choose outputs, and excluded names stay out" {
  make_image
  { head_of; cat <<'LUA'
return run_in_container "r" { "sh", "-c", "mkdir -p a/b; for f in a/1.d a/b/2.d a/x.o a/.x.o.cmd a/b/no; do echo > $f; done",
  toolchain = img, outputs = { all = "a", top = "a/*.d", deep = "a/**/*.d" }, exclude = { "*.o", "*.cmd" } }
LUA
  } >c.lua
  jkr run c.lua -o out
  [ "$(cd out && find . -type f | sort | tr '\n' ' ')" = "./all/1.d ./all/b/2.d ./all/b/no ./deep/1.d ./deep/b/2.d ./top/1.d " ]
}

@test "limits of time and memory stop the whole tree" {
  make_image
  { head_of; cat <<'LUA'
local a = run_in_container "a" { "sh", "-c", "sleep 97531 & sleep 97531", toolchain = img, timeout = 1 }
local c = run_in_container "c" { "sh", "-c", "x=a; while :; do x=$x$x; done", toolchain = img, memory = "32M" }
return bundle "all" { a, c }
LUA
  } >c.lua
  run jkr run c.lua -k
  [ "$status" = 1 ]
  [[ $output == *'step `a` was stopped after 1 s, its `timeout`'* ]]
  [[ $output == *'step `c` was stopped: it used more than its `memory` of 32 MiB'* ]]
  gone 97531
}

@test "what a step leaves behind in the background is dead before its result is taken" {
  make_image
  { head_of; cat <<'LUA'
return run_in_container "r" { "sh", "-c", "setsid sh -c 'while :; do echo x >> /jkr/out/f; done' & sleep 0.3", toolchain = img }
LUA
  } >c.lua
  jkr run c.lua -o out
  [ "$(sha256sum <out/f | cut -d' ' -f1)" = "$(jkr run c.lua --format json 2>/dev/null | json 'd["artifacts"][0]["sha256"]')" ]
  jkr cache verify
}

@test "the top of a mounted tree bears the time of everything in it" {
  make_image stat
  mkdir src && echo a >src/a
  { head_of; cat <<'LUA'
local one = copy "one" { "src" }
local two = write "two" { on = one, path = "b", text = "b" }
return run_in_container "r" { "stat", "-c", "%Y", "/jkr/one", "/jkr/two", "/jkr/two/b", toolchain = img, capture = "times",
  mounts = { ["/jkr/one"] = one, ["/jkr/two"] = two } }
LUA
  } >c.lua
  jkr run c.lua -o out
  [ "$(sort -u out/times)" = 1 ]
}

# times_kept COMMAND…: what COMMAND does to `$file` keeps its mtime and that of its folder
times_kept() {
  local of="$file" in="$work/in"
  touch -r "$(dirname "$file")" "$in"
  "$@"
  [ ! -e "$of" ] || touch -d @1 "$of"
  touch -r "$in" "$(dirname "$file")"
}

@test "a damaged file that only programs read makes no result, and is built anew" {
  make_image
  { head_of; cat <<'LUA'
local n = option.string { "n", "1", "makes the last step another" }
local src = write "src" { path = "d/text", text = "good\n" }
local low = write "low" { on = src, path = "other", text = "x" }
local ran = run_in_container "ran" { "sh", "-c", "cat /jkr/low/d/text > said; : " .. n, toolchain = img, mounts = { ["/jkr/low"] = low } }
return { ran }
LUA
  } >c.lua
  jkr run c.lua
  file=$(find "$JKR_STORE/layers" -path '*/d/text')
  n=2
  bad() { printf 'evil\n' >"$file"; }
  fifo() { rm -f "$file" && mkfifo "$file"; } # cat waits at it for ever
  for way in "times_kept bad" "times_kept rm -f $file" "times_kept chmod 755 $file" bad "times_kept fifo"; do
    $way
    run timeout 60 "$JKR" run c.lua -D n=$n -o out
    [ "$status" = 1 ]
    [[ $output == *"error[E0803]: \`layers/"*"/d/text\` is damaged in the store: it "* ]]
    [ "$(state ran c.lua -D n=$n)" = after ]
    jkr run c.lua -D n=$n -o out
    [ "$(cat out/said)" = good ]
    jkr cache verify
    file=$(find "$JKR_STORE/layers" -path '*/d/text')
    n=$((n + 1))
  done
  # a store that was copied has other marks and the same bytes
  cp -a "$JKR_STORE" "$work/copy"
  JKR_STORE=$work/copy jkr run c.lua -D n=$n -o out
  JKR_STORE=$work/copy jkr cache verify
}

@test "a warm folder compiles what changed, also back to old bytes with an old time" {
  make_image
  mkdir src
  printf 'a\n' >src/in
  touch -d 2001-01-01 src/in
  cp -p src/in old
  printf '/jkr/build/out: in\n\tcat in > $@; echo compiled\n' >src/Makefile
  { head_of; cat <<'LUA'
return make_in_container "m" { "src", toolchain = img, outputs = { out = "out" } }
LUA
  } >c.lua
  jkr run c.lua -o out
  [ "$(cat out/out)" = a ]
  printf 'b\n' >src/in
  jkr run c.lua -o out
  [ "$(cat out/out)" = b ]
  rm -r "$JKR_STORE/results"
  cp -p old src/in
  jkr run c.lua -o out
  [ "$(cat out/out)" = a ]
  rm -r "$JKR_STORE/results"
  run jkr run c.lua --progress plain -v -v
  [ "$status" = 0 ]
  [[ $output == *'up to date'* ]]
}

@test "what a failed compile compiled is not compiled again" {
  make_image
  mkdir src
  echo a >src/a
  printf '/jkr/build/b: /jkr/build/a b\n\tcat b > $@\n/jkr/build/a: a\n\tcat a > $@; echo compiled a\n' >src/Makefile
  { head_of; cat <<'LUA'
return make_in_container "m" { "src", toolchain = img, outputs = { b = "b" } }
LUA
  } >c.lua
  run jkr run c.lua
  [ "$status" = 1 ]
  [[ $output == *"No rule to make target"* ]]
  echo b >src/b
  run jkr run c.lua -o out -v -v
  [ "$status" = 0 ]
  [[ $output != *"compiled a"* ]]
  [ "$(cat out/b)" = b ]
}

@test "a file that changed keeps its time until its object is made" {
  make_image
  mkdir src
  echo 1 >src/a; echo 1 >src/b
  printf '%s\n\t%s\n' '/jkr/build/all: /jkr/build/b $(if $(A),/jkr/build/a)' 'cat $^ > $@' \
    '/jkr/build/a: a' 'cat a > $@' '/jkr/build/b: b' 'cmp -s b bad && exit 1; cat b > $@' >src/Makefile
  { head_of; cat <<'LUA'
local a = option.bool { "a", true, "whether a is wanted" }
return make_in_container "m" { "src", toolchain = img, goals = { a and "A=1 /jkr/build/all" or "/jkr/build/all" },
  outputs = { all = "all" } }
LUA
  } >c.lua
  echo bad >src/bad
  jkr run c.lua -j1 -o out
  [ "$(tr '\n' ' ' <out/all)" = '1 1 ' ]
  # both change, and b fails before a is made
  echo bad >src/b; echo 2 >src/a
  run jkr run c.lua -j1
  [ "$status" = 1 ]
  echo 3 >src/b
  jkr run c.lua -j1 -o out
  [ "$(tr '\n' ' ' <out/all)" = '3 2 ' ]
  # a changes while nobody wants it
  echo 4 >src/a; echo 5 >src/b
  jkr run c.lua -j1 -D a=false
  echo 6 >src/b
  jkr run c.lua -j1 -o out
  [ "$(tr '\n' ' ' <out/all)" = '6 4 ' ]
  # and it is not made again for that
  echo 7 >src/b
  run jkr run c.lua -j1 -v -v
  [ "$status" = 0 ]
  [[ $output != *'cat a >'* ]]
  [[ $output == *'cat b >'* ]]
}

@test "a script that is edited while it runs runs as it was" {
  make_image
  script() { echo 'sleep 2'; printf '# %s\n' {1..3000}; echo "echo $1 > said"; }
  script old >run.sh
  { head_of; cat <<'LUA'
return run_in_container "r" { script = "run.sh", toolchain = img }
LUA
  } >c.lua
  jkr run c.lua -o out &
  sleep 1
  script new >run.sh
  wait $!
  [ "$(cat out/said)" = old ]
}

@test "what a result cannot hold is left out, and said" {
  make_image mkfifo
  { head_of; cat <<'LUA'
local a = write "a" { path = "f", text = "x" }
return run_in_container "r" { "sh", "-c", "mkfifo p; echo y > f", toolchain = img, on = a }
LUA
  } >c.lua
  run jkr run c.lua -o out
  [ "$status" = 0 ]
  [[ $output == *'left out of the result: fifo `p`'* ]]
  [ "$(ls out)" = f ]
}

@test "a warm folder is of one date" {
  make_image
  mkdir src
  printf '/jkr/build/out:\n\techo $$SOURCE_DATE_EPOCH > $@\n' >src/Makefile
  { head_of; cat <<'LUA'
return make_in_container "m" { "src", toolchain = img, outputs = { out = "out" } }
LUA
  } >c.lua
  jkr run c.lua -o out -D epoch=1000000000
  [ "$(cat out/out)" = 1000000000 ]
  jkr run c.lua -o out -D epoch=1000000001
  [ "$(cat out/out)" = 1000000001 ]
}

@test "an interrupted run ends its steps, keeps what is done, and goes on" {
  make_image
  begin_sleeping 97533
  kill -TERM $pid
  status=0
  wait $pid || status=$?
  [ "$status" = 143 ]
  gone 97533
  sed -i 's/sleep 97533/true/' c.lua
  run jkr run c.lua --progress plain
  [ "$status" = 0 ]
  [[ $output != *'img: begins'* ]]
}

@test "the sandbox works where process ids are a container's own: with few, or others than those of its /proc" {
  make_image
  { head_of; cat <<'LUA'
return run_in_container "r" { "sh", "-c", "test -d /proc/$$ && echo /proc/[0-9]* >/jkr/out/n", toolchain = img }
LUA
  } >c.lua
  inside=(unshare --user --map-root-user --pid --fork)
  # shellcheck disable=SC2016
  "${inside[@]}" --mount-proc bash -c 'for i in 1 2 3 4 5; do /bin/true; done; "$JKR" run c.lua -q -o out'
  [ "$(wc -w <out/n)" -le 4 ]
  sed -i 's/test -d/test -e/' c.lua
  # shellcheck disable=SC2016
  "${inside[@]}" bash -c '"$JKR" run c.lua -q -o out'
}

@test "a program that has begun is told to end, though its begin and its end are told at one time" {
  make_image
  { head_of; cat <<'LUA'
return run_in_container "r" { "sh", "-c", "trap 'echo was told; exit 1' TERM; sleep 97537 & wait", toolchain = img }
LUA
  } >c.lua
  jkr run c.lua img
  # bwrap waits until the step's process is stopped, so that this one reads both at once when it goes on
  mkdir bin
  printf '#!/bin/sh\n>%s/held\nwhile [ ! -e %s/go ]; do sleep 0.01; done\nexec %s "$@"\n' "$PWD" "$PWD" "$(type -P bwrap)" >bin/bwrap
  chmod +x bin/bwrap
  # a shell without job control starts what runs beside it with SIGINT ignored
  PATH=$PWD/bin:$PATH env --default-signal=INT "$JKR" run c.lua --progress plain -v -v >log 2>&1 &
  pid=$!
  for _ in {1..600}; do [ ! -e held ] || break; sleep 0.05; done
  job=$(pgrep -P $pid)
  kill -STOP "$job"
  touch go
  for _ in {1..600}; do ! pgrep -fx 'sleep 97537' || break; sleep 0.05; done
  kill -INT $pid
  sleep 0.3
  kill -CONT "$job"
  status=0
  wait $pid || status=$?
  cat log
  [ "$status" = 130 ]
  grep -q 'was told' log
  gone 97537
}

@test "a killed run takes its sandboxes along, and leaves nothing half done" {
  make_image
  begin_sleeping 97535
  kill -KILL $pid
  wait $pid || true
  sleep 0.3
  gone 97535
  jkr cache verify
  # rm -rf of whoever ran it can read all that overlayfs left
  [ -d "$(find "$JKR_STORE" -type d -path '*/w/work' -print -quit)" ]
  [ -z "$(find "$JKR_STORE" -type d ! -perm -u+rwx -path '*/work')" ]
}

@test "two runs on one store do the work once; --no-wait gives up" {
  make_image
  { head_of; cat <<'LUA'
return run_in_container "r" { "sh", "-c", "echo x > f; sleep 1.5", toolchain = img }
LUA
  } >c.lua
  jkr run c.lua img >/dev/null
  "$JKR" run c.lua --progress json 2>one &
  pid=$!
  touch one
  while ! grep -q '"begin","step":"r"' one; do sleep 0.05; done
  run jkr run c.lua --no-wait
  [ "$status" = 8 ]
  jkr run c.lua --progress json 2>two
  wait $pid
  [ "$(cat one two | grep -c '"begin","step":"r"')" = 1 ]
}

@test "all makes of a run share its jobs" {
  make_image
  mkdir m
  printf 'all: 1 2 3 4\n1 2 3 4:\n\t@echo s >> /jkr/build/log; sleep 0.2; echo e >> /jkr/build/log\n' >m/Makefile
  { head_of; cat <<'LUA'
return make_in_container "m" { "m", toolchain = img, build = "fresh", outputs = { log = "log" } }
LUA
  } >c.lua
  jkr run c.lua -j 2 -o out
  [ "$(awk '/s/{n++; if (n > m) m = n} /e/{n--} END{print m}' out/log)" = 2 ]
}

@test "what cannot be given to a sandbox is refused before anything runs" {
  make_image
  { head_of; cat <<'LUA'
local a = run_in_container "a" { "true", toolchain = img, env = { LD_PRELOAD = "/x.so" } }
local b = run_in_container "b" { "true", toolchain = img, mounts = { ["/etc"] = img } }
local c = make_in_container "c" { "src", toolchain = img, targets = { "-f/etc/passwd" }, outputs = { x = "x" } }
local e = run_in_container "e" { "true", toolchain = img, mounts = { ["/jkr/a"] = img, ["/jkr/a/b"] = img } }
local d = run_in_container "d" { commands = { "echo $(id)" }, toolchain = img }
return bundle "all" { a, b, c, d, e }
LUA
  } >c.lua
  mkdir -p src && touch src/Makefile
  run jkr check c.lua
  [ "$status" = 2 ]
  [[ $output == *'`LD_PRELOAD` cannot be set'* ]]
  [[ $output == *'nothing can be mounted at `/etc`'* ]]
  [[ $output == *'nothing can be mounted at `/jkr/a/b`'* ]]
  [[ $output == *'`-f/etc/passwd` is not a target'* ]]
  [[ $output == *'`echo $(id)` is not a plain command'* ]]
}
