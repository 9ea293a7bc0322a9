#!/bin/bash
# share.sh: results between machines: the quickstart's kernel by way of a shared cache (nginx on loopback), beside the
# same from the store of this machine, and what a run costs more that fills an empty shared cache. A machine is a store.
#
# usage: tests/bench/run.sh share      the first time it builds the quickstart, which is kept in build/bench/share;
#                                      SHARE_RECIPE=FILE SHARE_KEEP=FOLDER: another recipe, to try this script itself
# shellcheck source=/dev/null
. "$BENCH_HOME/tests/bench/bench.bash"

keep=${SHARE_KEEP:-$BENCH_OUT/share} recipe=${SHARE_RECIPE:-$BENCH_HOME/recipes/qemu-arm64-rt.lua}
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

# built once, sent once; a run that has nothing to do says on stderr no step that begins
if ! JKR_STORE=$keep/store "$JKR" run "$recipe" -q --cache "$url" --cache-write -o "$keep/out" >"$keep/log" 2>&1; then
  tail -n 5 "$keep/log"
  cannot "results between machines" "the quickstart could not be built"
  exit 1
fi
# no step may begin in a run whose result is there: `! grep` of what it says fails the side
idle="2>\"\$RUN/said\" && ! grep -w begins \"\$RUN/said\""
away="JKR_STORE=\"\$RUN/store\" '$JKR' run '$recipe' --progress plain --cache $url -o \"\$RUN/out\" $idle"
here="JKR_STORE='$keep/store' '$JKR' run '$recipe' --progress plain --cache $url -o \"\$RUN/out\" $idle"
versus "the quickstart's kernel on a second machine" 3000ms 5 "$away"
versus "the same from this machine's store" 1 5 "$here" "shared cache" "$away"

# The results of what takes the network, and no others, in a folder: a store filled from it lacks all that is built, so a
# run there looks up each of these steps in vain, and builds it.
mapfile -t steps < <(JKR_STORE=$keep/store "$JKR" plan "$recipe" --all --format json | python3 -c '
import json, sys
for s in json.load(sys.stdin)["steps"]:
    if s["primitive"] in ("fetch", "image", "git_checkout"):
        print(s["name"])')
if [ ${#steps[@]} = 0 ] || ! JKR_STORE=$keep/store "$JKR" cache push "$recipe" "${steps[@]}" -q --cache "file://$keep/inputs" >>"$keep/log" 2>&1; then
  tail -n 5 "$keep/log"
  cannot "a run that fills an empty shared cache" "the downloads alone could not be staged"
  exit 1
fi
prepare() {
  rm -rf "$d/store/ac" "$d/store/cas"
  "$JKR" cache pull "$recipe" "${steps[@]}" -q --cache "file://$keep/inputs"
}
versus "a run that fills an empty shared cache" 1.05 4 \
  "'$JKR' run '$recipe' -q --cache $url --cache-write -o \"\$RUN/out\"" \
  "without" "'$JKR' run '$recipe' -q --cache none -o \"\$RUN/out\""
