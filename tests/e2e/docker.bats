#!/usr/bin/env bats
# The docker backend against a daemon of its own, or the one that $DOCKER_HOST names; skipped with the
# reason where neither is to be had. Not part of `make check`: `make check-docker`.

load helper

setup_file() {
  export daemon=$BATS_FILE_TMPDIR/docker why=''
  mkdir -p "$daemon"
  if [ -n "${DOCKER_HOST:-}" ]; then
    docker info >"$daemon/info" 2>&1 || why="no daemon answers at $DOCKER_HOST"
  elif ! type -P dockerd >/dev/null || ! type -P docker >/dev/null; then
    why='dockerd or docker is not installed (apt install docker.io)'
  elif [ "$(id -u)" != 0 ]; then
    why='only root can start dockerd; set DOCKER_HOST for one that runs'
  else
    export DOCKER_HOST=unix://$daemon/sock
    dockerd --iptables=false --bridge=none --data-root "$daemon/data" --exec-root "$daemon/exec" \
      --pidfile "$daemon/pid" -H "$DOCKER_HOST" >"$daemon/log" 2>&1 3>&- &
    for _ in $(seq 150); do
      docker info >/dev/null 2>&1 && return
      kill -0 $! 2>/dev/null || break
      sleep 0.2
    done
    why="dockerd does not start: $(grep -E 'failed|level=fatal' "$daemon/log" | tail -n 1)"
  fi
}

teardown_file() {
  [ -s "$daemon/pid" ] || return 0
  pid=$(cat "$daemon/pid")
  kill "$pid"
  while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
}

need_docker() {
  [ -z "$why" ] || skip "$why"
  make_image tail
}

# result JKR_OPTION…: the tree of step `r`, built in a store of its own
result() {
  JKR_STORE=$work/store-$2 jkr run c.lua --progress json "$@" 2>"$2.json" >/dev/null || { cat "$2.json" >&2; return 1; }
  grep '"event":"end","step":"r"' "$2.json" | json 'd["tree"]'
}

# left: containers that bear jkr's label, and the volumes of their layers
left() {
  docker ps -aq --filter label=jkr.run
  docker volume ls -q --filter dangling=true
}

# stopped WANT PARAMETERS SCRIPT: a step that goes over a limit is stopped, named, and leaves nothing
stopped() {
  { head_of; printf 'return run_in_container "r" { "sh", "-c", [==[%s]==], toolchain = img, %s }\n' "$3" "$2"; } >c.lua
  run timeout 60 "$JKR" run c.lua --backend docker
  echo "$output"
  [ "$status" = 1 ]
  [[ $output == *"$1"* ]]
  [ -z "$(left)" ]
}

@test "writes, removals and links on layers are the same tree as in bwrap" {
  need_docker
  { head_of; cat <<'LUA'
local a = write { path = "d/one", text = "1" }
local b = write { on = a, path = "two", text = "2" }
return run_in_container "r" { "sh", "-c", "rm -r d; mkdir d e; cat two two > e/three; cp two d/f", toolchain = img, on = b }
LUA
  } >c.lua
  want=$(result --backend bwrap)
  [ "$(result --backend docker)" = "$want" ]
  [ -z "$(left)" ]
}

@test "make in a warm folder gives the same outputs, and compiles what changed" {
  need_docker
  mkdir src
  printf 'a\n' >src/in
  printf '/jkr/build/out: in\n\tcat in > $@; echo compiled\n' >src/Makefile
  { head_of; cat <<'LUA'
return make_in_container "r" { "src", toolchain = img, outputs = { out = "out" } }
LUA
  } >c.lua
  want=$(result --backend bwrap)
  [ "$(result --backend docker)" = "$want" ]
  printf 'b\n' >src/in
  want=$(result --backend bwrap)
  [ "$(result --backend docker)" = "$want" ]
}

@test "there is no network, and nothing of the caller's environment" {
  need_docker
  { head_of; cat <<'LUA'
return run_in_container "r" { "sh", "-c", "cat /proc/net/dev; env", toolchain = img, capture = "said" }
LUA
  } >c.lua
  LEAK=1 jkr run c.lua --backend docker -o out
  no grep -q LEAK out/said
  no grep -q eth0 out/said
  grep -q '^LC_ALL=C' out/said
}

@test "a failed program is told with its status" {
  need_docker
  { head_of; cat <<'LUA'
return run_in_container "r" { "sh", "-c", "echo a.c:3:5: error: no; exit 4", toolchain = img }
LUA
  } >c.lua
  run jkr run c.lua --backend docker
  echo "$output"
  [ "$status" = 1 ]
  [[ $output == *'`sh` exited with 4'* ]]
  [ -z "$(left)" ]
}

@test "an interrupted run takes its container along; after a killed one the next run removes it" {
  need_docker
  { head_of; cat <<'LUA'
local a = write { path = "a", text = "a" }
return run_in_container "r" { "sh", "-c", "echo x > f; sleep 60", toolchain = img, on = a }
LUA
  } >c.lua
  for signal in TERM KILL; do
    "$JKR" run c.lua --backend docker --progress json >/dev/null 2>log &
    pid=$!
    while [ -z "$(docker ps -q --filter label=jkr.run)" ]; do sleep 0.1; done
    kill -$signal $pid
    wait $pid || true
    [ $signal = KILL ] || [ -z "$(left)" ]
  done
  sed -i 's/sleep 60/true/' c.lua
  jkr run c.lua --backend docker -o out
  [ -z "$(left)" ]
  [ "$(cat out/f)" = x ]
  jkr cache verify
  jkr cache gc
  [ -z "$(ls "$JKR_STORE/tmp")" ]
}

@test "a step over its limits is stopped, and the message names the limit" {
  need_docker
  stopped 'more than its `memory` of 64 MiB' 'memory = "64M", timeout = 60' 'cat /dev/zero | tail -c 400M'
  stopped 'more than its `processes` of 50' 'processes = 50, timeout = 60' \
    'i=0; while [ $i -lt 400 ]; do i=$((i + 1)); sleep 100 & done; wait'
  stopped 'after 2 s, its `timeout`' 'timeout = 2' 'trap "" TERM; while :; do sleep 100; done'
}

@test "without a daemon the run says so with 6 and nothing else is tried" {
  need_docker
  { head_of; cat <<'LUA'
return run_in_container "r" { "sh", "-c", "echo x > f", toolchain = img }
LUA
  } >c.lua
  DOCKER_HOST=unix://$work/none run jkr run c.lua --backend docker
  echo "$output"
  [ "$status" = 6 ]
}
