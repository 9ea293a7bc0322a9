#!/bin/bash
# helpers.sh: who helps inside one kernel build. What another machine compiled comes by ccache's server (nginx on loopback), beside
# compiling it; and distcc, with a distccd on this machine, which shows what it costs and not what more machines bring.
#
# usage: tests/bench/run.sh helpers      the image and the source are those of the row kernel (build/bench/kernel)
# shellcheck source=/dev/null disable=SC2317
. "$BENCH_HOME/tests/bench/bench.bash"
. "$BENCH_HOME/tests/bench/kernel/common.bash" # $kernel, jkr_there, ready
: "${kernel:?}"
jobs=$(nproc) server="every compile from ccache's server" spread="every compile by distcc"

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
# word: one that was not there before
word() { tr -dc 'a-zA-Z0-9' <<<"$RUN"; }

for what in nginx distccd; do
  command -v "$what" >/dev/null || { lacks "$server" "$what" "interp/deps.sh test installs it" && exit 0; }
done
if ! { ready reuse.lua -D ccache=true a-0/honoured && ready reuse.lua -D distcc=true a-0/honoured; }; then
  cannot "$server" "nothing to build could be fetched"
  exit 1
fi

chmod 711 "$BENCH_DIR"
d=$(mktemp -d "${TMPDIR:-/tmp}/jkr-helpers.XXXXXX")
mkdir -p "$d/store" "$d/tmp" "$d/log" && chmod 711 "$d" && chmod -R 777 "$d/store" "$d/tmp" "$d/log"
port=$(free_port)
sed "s,@DIR@,$d,g; s,@LISTEN@,127.0.0.1:$port," "$BENCH_HOME/docs/cache-nginx.conf" >"$d/conf"
nginx -c "$d/conf" -e "$d/log/error.log" || { cannot "$server" "nginx does not start" && exit 1; }
distcc_port=$(free_port)
DISTCCD_PATH=/usr/bin:/bin distccd --no-detach --daemon --port "$distcc_port" --listen 127.0.0.1 --allow 127.0.0.1 \
  --jobs "$jobs" --log-stderr 2>"$d/log/distccd" &
distccd=$!
trap 'kill "$distccd" "$(cat "$d/nginx.pid")"; rm -rf "$d"' EXIT

# a new build directory each time, and nothing in the store's own ccache; configured before
fresh() {
  word >"$kernel/project/word"
  mkdir -p "$kernel/store/trash" && mv "$kernel/store/ccache" "$kernel/store/trash/ccache-$(word)" 2>/dev/null
  jkr_there run reuse.lua -q "$@" -D "round=$(word)" "a-$(word)/honoured"
}
run="cd '$kernel/project' && JKR_STORE='$kernel/store' '$JKR' run reuse.lua -q -j$jobs -o \"\$RUN/out\" -D round=\$(cat word)"

prepare() { fresh -D ccache=true; }
mkdir first
(cd first && export RUN=$PWD && prepare && bash -c "$run -D ccache=true --ccache-server http://127.0.0.1:$port/ccache --cache file://$d/results --cache-write") \
  >first.log 2>&1 || { tail -n 5 first.log && cannot "$server" "the first build failed" && exit 1; }
say "$(find "$d/store/ccache" -type f | wc -l) compiles lie on the server"
versus "$server" - 3 "$run -D ccache=true --ccache-server http://127.0.0.1:$port/ccache" \
  "compiling, make -j$jobs" "$run -D ccache=true"

prepare() { fresh -D distcc=true; }
versus "$spread" - 2 "$run -D distcc=true --distcc-hosts 127.0.0.1:$distcc_port/$jobs" \
  "without, make -j$jobs" "$run -D distcc=true"
