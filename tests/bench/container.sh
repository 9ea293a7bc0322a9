#!/bin/bash
# container.sh: what it costs to start `true` in a sandbox over an overlay: a hundred steps that do, less a hundred
# that only write a file, one at a time; beside it `docker run` of the same image, where there is one.
#
# usage: tests/bench/run.sh container      DOCKER_HOST names a daemon; else root starts one, if dockerd is here
# shellcheck source=/dev/null
. "$BENCH_HOME/tests/bench/bench.bash"
. "$BENCH_HOME/tests/bench/kernel/common.bash" # $kernel, jkr_there, ready, layer_of
: "${kernel:?}"

work="container start" steps=100
ready containers.lua -D n=1 || { cannot "$work" "there is no image" && exit 1; }

# hundred REAL: so many steps; their times go to REAL.times
hundred() {
  local word
  word=$(basename "$BENCH_DIR")-$RANDOM$RANDOM
  one_run jkr "cd '$kernel/project' && JKR_STORE='$kernel/store' '$JKR' run containers.lua -j1 -q -o \"\$RUN/out\" \
    -D n=$steps -D word=$word -D real=$1" "$PWD/$1.times"
}

for ((round = 0; round < ${ROUNDS:-5}; round++)); do
  if ! { hundred true && hundred false; }; then
    cannot "$work" "a step failed"
    exit 1
  fi
done
awk -v n=$steps 'NR == FNR { real[FNR] = $1; next } { printf "%.6f\n", (real[FNR] - $1) / n }' true.times false.times >start.times
say "$steps steps: $(time_of "$(cut -f1 true.times | median)") in sandboxes, $(time_of "$(cut -f1 false.times | median)") without; cpu of a start $(
  awk -v n=$steps 'NR == FNR { real[FNR] = $2; next } { printf "%.6f\n", (real[FNR] - $2) / n }' true.times false.times | median | { read -r s; time_of "$s"; })"
ours=$(median <start.times)
figure "$work" 10 ms "$(awk -v s="$ours" 'BEGIN { printf "%.2f", s * 1000 }')"

docker_runs() {
  docker info >/dev/null 2>&1 && return
  why="dockerd is not installed"
  [ -n "$(type -P dockerd)" ] && [ -n "$(type -P docker)" ] || return 1
  why="only root can start dockerd"
  [ "$(id -u)" = 0 ] || return 1
  export DOCKER_HOST=unix://$PWD/sock
  dockerd --iptables=false --bridge=none --data-root "$PWD/data" --exec-root "$PWD/exec" --pidfile "$PWD/pid" \
    -H "$DOCKER_HOST" >dockerd.log 2>&1 &
  daemon=$!
  trap 'kill $daemon; wait $daemon' EXIT
  for _ in $(seq 100); do
    docker info >/dev/null 2>&1 && return
    sleep 0.1
  done
  why="dockerd does not start: $(grep -E 'failed|level=fatal' dockerd.log | tail -n 1)"
  return 1
}

if docker_runs; then
  image=$(layer_of containers.lua toolchain/debian-arm64) || exit 1
  if ! tar -C "$image" -c . | docker import - jkr-bench >/dev/null; then
    cannot "$work" "docker takes no image"
    exit 1
  fi
  for ((round = 0; round < 4 * ${ROUNDS:-5}; round++)); do
    one_run docker "docker run --rm --network=none jkr-bench true" "$PWD/docker.times" || exit 1
  done
  compare "$work" - "$ours" "docker run" "$(cut -f1 docker.times | median)" -
else
  lacks "$work" "docker run" "$why"
fi
