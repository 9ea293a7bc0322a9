#!/bin/bash
# cache.sh: a shared cache whose answers are wrong: errors, cut and changed bytes, bytes of something else. However
# it lies, a run ends well, with the right artifacts and the right results, and all that lies in its store is whole.
#
# A run asks no more after three mistakes, so 10,000 of them are some thousand runs, each with an empty store.
set -u
server_py=$PWD/tests/torture/cache_server.py
runs=${RUNS:-3500}
[ "$TORTURE" = full ] || runs=12
SEED=${SEED:-$RANDOM}
unset JKR_CACHE JKR_STORE
cd "$WORK" || exit 1
mkdir -p project good lies
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
total=0 failed=0
bad() {
  failed=$((failed + 1))
  echo "run $i (SEED=$SEED): $*"
}
for ((i = 1; i <= runs; i++)); do
  if ((i % 50 == 1)); then # what was put wrong stays wrong: begin again with what is right
    stop
    rm -rf "$WORK/lies" && mkdir "$WORK/lies" && cp -r "$WORK/good/." "$WORK/lies"
    serve "$WORK/lies" 30 $((SEED + i))
  fi
  before=$(cat "$WORK/lies/faults" 2>/dev/null || echo 0)
  rm -rf "$WORK/s" "$WORK/out"
  write=()
  ((i % 3)) || write=(--cache-write)
  timeout 120 "$JKR" run r.lua --store "$WORK/s" --cache "http://127.0.0.1:$port" "${write[@]}" -o "$WORK/out" \
    >"$WORK/said" 2>&1 || bad "ended with $?: $(tail -3 "$WORK/said")"
  diff -r "$WORK/out0" "$WORK/out" >/dev/null || bad "other artifacts"
  results "$WORK/s" | comm -13 "$WORK/right" - | grep -q . && bad "a result that is not the right one"
  "$JKR" cache verify --store "$WORK/s" -q >"$WORK/damage" 2>&1 || bad "took damage in: $(cat "$WORK/damage")"
  after=$(cat "$WORK/lies/faults" 2>/dev/null || echo 0)
  total=$((total + after - before))
done
echo "torture cache: $total cases, $failed failed ($runs runs, SEED=$SEED)"
[ "$failed" = 0 ]
