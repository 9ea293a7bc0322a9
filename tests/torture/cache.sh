#!/bin/bash
# cache.sh: a shared cache whose answers are wrong: errors, cut and changed bytes, bytes of something else. However
# it lies, a run ends well, with the right artifacts and the right results, and all that lies in its store is whole.
#
# A run asks no more after three mistakes, so 10,000 of them are some 2,300 runs, each with an empty store, in two lanes; ends
# when they are reached, and fails when $RUNS are not enough for them. The share of a check has no such number.
set -u
server_py=$PWD/tests/torture/cache_server.py
runs=${RUNS:-3500} faults=10000 lanes=2
[ "$TORTURE" = full ] || runs=12 faults=0 lanes=1
SEED=${SEED:-$RANDOM}
unset JKR_CACHE JKR_STORE
cd "$WORK" || exit 1
mkdir -p project good
export HOME=$WORK
cd project || exit 1
touch jkr.yaml
cat >r.lua <<'LUA'
recipe "r" { version = "1", license = "MIT", summary = "small steps, none of them slow" }
local a = write "a" { path = "a/text", text = "first\n" }
local b = write "b" { path = "b", text = ("0123456789"):rep(2000) }
local t = tree "t" { copy { a, b, into = "d" }, edit { "d/a/text", find = "first", replace = "second" }, write { path = "e", text = "e" } }
local p = pack "p" { t, name = "p.tar.zst" }
local q = pack "q" { t, name = "q.tar" }
return bundle "r" { p, q, t / "d/a/text" }
LUA

server=
stop() { [ -z "$server" ] || kill "$server" 2>/dev/null; }
trap stop EXIT
port=
# serve FOLDER RATE SEED
serve() {
  stop
  rm -f port
  python3 "$server_py" "$1" port "$2" "$3" &
  server=$!
  for _ in $(seq 200); do [ ! -e port ] || break; sleep 0.05; done
  port=$(cat port)
}

# results STORE: the tree of each key
results() { grep -rh '^key\|^tree' "$1/results" 2>/dev/null | paste - - | sort; }

# what is right: built without a cache, and a cache that has it
"$JKR" run r.lua --store "$WORK/s0" -q --cache "file://$WORK/good" --cache-write -o "$WORK/out0" || exit 1
results "$WORK/s0" >"$WORK/right"
bad() {
  failed=$((failed + 1))
  echo "lane $lane, run $i (SEED=$SEED): $*"
}

# one_run: run $i of this lane; adds to total and failed
one_run() {
  local before after write=()
  if ((i % 50 == 1)); then # what was put wrong stays wrong: begin again with what is right
    stop
    rm -rf "$W/lies" && mkdir "$W/lies" && cp -r "$WORK/good/." "$W/lies"
    serve "$W/lies" 30 $((SEED + lane * 100000 + i))
  fi
  before=$(cat "$W/lies/faults" 2>/dev/null || echo 0)
  rm -rf "$W/s" "$W/out"
  ((i % 3)) || write=(--cache-write)
  timeout 120 "$JKR" run r.lua --store "$W/s" --cache "http://127.0.0.1:$port" "${write[@]}" -o "$W/out" \
    >"$W/said" 2>&1 || bad "ended with $?: $(tail -3 "$W/said")"
  diff -r "$WORK/out0" "$W/out" >/dev/null || bad "other artifacts"
  results "$W/s" | comm -13 "$WORK/right" - | grep -q . && bad "a result that is not the right one"
  "$JKR" cache verify --store "$W/s" -q >"$W/damage" 2>&1 || bad "took damage in: $(cat "$W/damage")"
  after=$(cat "$W/lies/faults" 2>/dev/null || echo 0)
  total=$((total + after - before))
}

# lane N: its share of the runs, with a server and a folder of its own; what it counted goes to $WORK/counts
lane() {
  lane=$1 W=$WORK/lane$1 total=0 failed=0 server=''
  trap stop EXIT
  mkdir -p "$W/lies" "$W/project" && cp r.lua jkr.yaml "$W/project" && cd "$W/project" || return 1
  for ((i = 1; i <= runs / lanes && (!faults || total < faults / lanes); i++)); do one_run; done
  echo "$total $failed $((i - 1))" >>"$WORK/counts"
}
for ((n = 0; n < lanes; n++)); do (lane $n) & done
wait
read -r total failed ended counted < <(awk '{ t += $1; f += $2; r += $3 } END { print t + 0, f + 0, r + 0, NR }' "$WORK/counts")
if ((total < faults)); then
  echo "only $total faults were made in $ended runs, and $faults are asked for"
  failed=$((failed + 1))
fi
[ "$counted" = "$lanes" ] || failed=$((failed + 1))
echo "torture cache: $total cases, $failed failed ($ended runs, SEED=$SEED)"
[ "$failed" = 0 ]
