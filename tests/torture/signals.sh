#!/bin/bash
# signals.sh: every signal that stops a run, at random times: prompt, clean, and the next run goes on.
#
# usage: signals.sh [docker]      tests/torture/run.sh gives JKR, WORK and TORTURE; signals.py says what is done, or
# docker.py, with the same project
#
# All of the times are mostly waiting: two at once, each in a place of its own, take half as long.
set -u
if [ "$TORTURE" != small ] && [ $# = 0 ] && [ -z "${PLACE:-}" ]; then
  for place in 1 2; do
    PLACE=$place WORK=$WORK/$place TIMES=$((${TIMES:-100} / 2)) bash "$0" &
    pids[place]=$!
  done
  status=0
  for place in 1 2; do wait "${pids[place]}" || status=1; done
  exit "$status"
fi
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=/dev/null
. "$here/../e2e/helper.bash"

# shellcheck disable=SC2153
mkdir -p "$WORK/project" && cd "$WORK/project" || exit 1
make_image tail
mkdir big src && for i in $(seq 300); do head -c 4000 /dev/urandom >"big/$i"; done
tar -cJf big.tar.xz big && rm -r big
printf '/jkr/build/out: in\n\tsleep 0.1; cat in > $@\n' >src/Makefile && echo in >src/in
{ head_of; sed "s/SHORT/0.071${PLACE:-}/; s/LONG/0.173${PLACE:-}/g" <<'LUA'
local src  = untar "src" { "big.tar.xz", strip = 1 }
local make = make_in_container "make" { "src", toolchain = img, outputs = { out = "out" } }
local slow = run_in_container "slow" { "sh", "-c", "for i in 1 2 3; do sleep SHORT; echo $i; done > said", toolchain = img, on = src }
local deaf = run_in_container "deaf" { "sh", "-c", "trap '' TERM INT HUP; sleep LONG & sleep LONG; echo x > x", toolchain = img }
return { pack { slow, name = "all.tar.zst" }, make / "out", deaf / "x", slow }
LUA
} >signals.lua
exec python3 "$here/${1:-signals}.py"
