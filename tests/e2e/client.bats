#!/usr/bin/env bats
# What jkr asks of a docker client, with a script in its place that writes down how it was called and puts a
# file where the step's output goes. What a real daemon makes of it: docker.bats.

load helper

make_client() {
  make_image
  mkdir bin
  cat >bin/docker <<'SH'
#!/bin/bash
echo "$*" >>"$STUB/calls"
case $1 in
info) ;;
image) [ -e "$STUB/image" ] ;;
import)
  [ ! -e "$STUB/no-import" ] || { echo "no space left in the daemon" >&2; exit 1; }
  cat >"$STUB/image" ;;
ps) cat "$STUB/ps" 2>/dev/null ;;
kill) [ -e "$STUB/late" ] && exit 1
  [ -e "$STUB/deaf" ] || kill "$(cat "$STUB/pid")" ;;
rm)
  [ ! -e "$STUB/pid" ] || kill -9 "$(cat "$STUB/pid")"
  [ ! -e "$STUB/ps" ] || sed -i "/^${!#} /d" "$STUB/ps" ;;
run)
  if [ -e "$STUB/late" ]; then # the engine makes a container whether or not its client lives to see it
    all="$*"
    name=${all#*--name=}
    name=${name%% *}
    echo "$name of" >"$STUB/asked"
    for _ in $(seq 1200); do # a minute at most
      [ ! -e "$STUB/late.made" ] || grep -q "^$name " "$STUB/ps" || break
      sleep 0.05
    done
    exit 137
  fi
  [ ! -e "$STUB/refuse" ] || { echo "docker: Error response from daemon: no such thing" >&2; exit 125; }
  echo "says a line"
  for word; do
    case $word in
    type=bind,src=*,dst=/jkr/out) at=${word#type=bind,src=} && echo made >"${at%,dst=*}/made" ;;
    *upperdir=*) at=${word#*upperdir=} && echo made >"${at%%,*}/made" ;;
    esac
  done
  if [ -e "$STUB/slow" ]; then echo $$ >"$STUB/pid"; exec sleep 60; fi ;;
esac
SH
  chmod +x bin/docker
  export STUB=$work/stub PATH=$PWD/bin:$PATH
  mkdir "$STUB"
  { head_of; cat <<'LUA'
local a = write { path = "one", text = "1" }
return run_in_container "r" { "sh", "-c", "true", toolchain = img, on = a, timeout = 2 }
LUA
  } >c.lua
}

@test "docker is given a closed container, and its image once" {
  make_client
  jkr run c.lua --backend docker -o out
  [ "$(cat out/made out/one)" = "$(printf 'made\n1')" ]
  run grep -c '^import ' "$STUB/calls"
  [ "$output" = 1 ]
  tar -tf "$STUB/image" | grep -qx ./usr/bin/sh
  call=$(grep '^run ' "$STUB/calls" | head -1)
  for word in --rm --init --network=none --read-only --cap-drop=ALL --security-opt=no-new-privileges --pull=never \
    --hostname=jkr --entrypoint= --label=jkr.run= "--user=$(id -u):$(id -g)" volatile,userxattr; do
    [[ $call == *"$word"* ]] || { echo "no $word in: $call"; false; }
  done
  sed -i 's/"-c", "true"/"-c", "exit"/' c.lua
  jkr run c.lua --backend docker
  run grep -c '^import ' "$STUB/calls"
  [ "$output" = 1 ]
}

@test "what docker refuses is told in its words" {
  make_client
  touch "$STUB/refuse"
  run jkr run c.lua --backend docker
  [ "$status" != 0 ]
  [[ $output == *'error[E0311]'*'no such thing'* ]]
  rm "$STUB/refuse" "$STUB/image" && touch "$STUB/no-import"
  run jkr run c.lua --backend docker
  [ "$status" != 0 ]
  [[ $output == *'docker cannot import the image'* ]]
}

@test "a container that is too slow is asked to end, then removed" {
  make_client
  touch "$STUB/slow"
  run jkr run c.lua --backend docker
  [ "$status" = 1 ]
  [[ $output == *'error[E0307]'* ]]
  grep -q '^kill --signal=TERM jkr-' "$STUB/calls"
  touch "$STUB/deaf"
  run jkr run c.lua --backend docker
  [ "$status" = 1 ]
  grep -q '^rm -f -v jkr-' "$STUB/calls" || ! kill -0 "$(cat "$STUB/pid")"
}

@test "a container that is made after its run was told to end is removed" {
  make_client
  jkr run c.lua --backend docker # the image is there
  sed -i 's/"-c", "true"/"-c", "exit"/' c.lua
  touch "$STUB/late" "$STUB/ps"
  "$JKR" run c.lua --backend docker >log 2>&1 3>&- &
  run=$!
  wait_for "sh -c exit" "$STUB/calls"
  for _ in {1..100}; do [ -s "$STUB/asked" ] && break; sleep 0.05; done
  { sleep 1 && cat "$STUB/asked" >>"$STUB/ps" && touch "$STUB/late.made"; } 3>&- &
  kill -TERM $run
  status=0 && wait $run || status=$?
  [ "$status" = 143 ]
  for _ in {1..100}; do [ -e "$STUB/late.made" ] && break; sleep 0.1; done
  [ -e "$STUB/late.made" ]
  [ ! -s "$STUB/ps" ]
}

@test "containers of runs that are gone are removed, those of others stay" {
  make_client
  ns=$(readlink /proc/self/ns/pid | tr -dc 0-9)
  printf '%s\n' "dead 4194303-17-$ns" "alive $$-$(cut -d' ' -f22 /proc/$$/stat)-$ns" "elsewhere 4194303-17-1" \
    "unknown what" >"$STUB/ps"
  jkr run c.lua --backend docker
  grep -qx 'rm -f -v dead' "$STUB/calls"
  no grep -qE '^rm .*(alive|elsewhere|unknown)' "$STUB/calls"
}
