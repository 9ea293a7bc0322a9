#!/bin/bash
# share.sh: results between machines: the quickstart's kernel by way of a shared cache (nginx on loopback), beside the
# same from the store of this machine, and what a run costs more that fills an empty shared cache. A machine is a store.
#
# usage: tests/bench/run.sh share      the first time it builds the quickstart, which is kept in build/bench/share
# shellcheck source=/dev/null
. "$BENCH_HOME/tests/bench/bench.bash"

keep=$BENCH_OUT/share recipe=$BENCH_HOME/recipes/qemu-arm64-rt.lua
mkdir -p "$keep"
if ! command -v nginx >/dev/null; then
  lacks "the quickstart's kernel on a second machine" nginx "the package nginx-light"
  exit 0
fi
chmod 711 "$BENCH_DIR"
d=$(mktemp -d "${TMPDIR:-/tmp}/jkr-share.XXXXXX")
mkdir -p "$d/store" "$d/tmp" "$d/log" && chmod -R 777 "$d"
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
sed "s,@DIR@,$d,g; s,@LISTEN@,127.0.0.1:$port," "$BENCH_HOME/docs/cache-nginx.conf" >"$d/conf"
nginx -c "$d/conf" -e "$d/log/error.log" || { cannot "results between machines" "nginx does not start"; exit 1; }
trap 'kill "$(cat "$d/nginx.pid")"; rm -rf "$d"' EXIT
url=http://127.0.0.1:$port
unset JKR_CACHE

# built once, sent once
if ! JKR_STORE=$keep/store "$JKR" run "$recipe" -q --cache "$url" --cache-write -o "$keep/out" >"$keep/log" 2>&1; then
  tail -n 5 "$keep/log"
  cannot "results between machines" "the quickstart could not be built"
  exit 1
fi
away="JKR_STORE=\"\$RUN/store\" '$JKR' run '$recipe' -q --cache $url -o \"\$RUN/out\""
here="JKR_STORE='$keep/store' '$JKR' run '$recipe' -q --cache $url -o \"\$RUN/out\""
versus "the quickstart's kernel on a second machine" 3000ms 5 "$away"
versus "the same from this machine's store" 1 5 "$here" "shared cache" "$away"
# both build everything but the downloads from nothing; one sends it all to a cache that has nothing
prepare() { rm -rf "$d/store/ac" "$d/store/cas"; }
versus "a run that fills an empty shared cache" 1.05 1 \
  "JKR_STORE='$keep/store' '$JKR' run '$recipe' -q --fresh --cache $url --cache-write -o \"\$RUN/out\"" \
  "without" "JKR_STORE='$keep/store' '$JKR' run '$recipe' -q --fresh -o \"\$RUN/out\""
