# cache.bash: servers for a shared cache, and machines (stores) that use it. `work` is helper.bash's.
# shellcheck disable=SC2154

# free_port: one that nobody listens on now
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# start_nginx: a real one, by the configuration of docs/; sets `url` and `nginx` (its folder)
start_nginx() {
  nginx=$work/nginx
  mkdir -p "$nginx/store" "$nginx/tmp" "$nginx/log"
  chmod 755 "$work" && chmod -R 777 "$nginx"
  port=${1:-$(free_port)}
  sed "s,@DIR@,$nginx,g; s,@LISTEN@,127.0.0.1:$port," "$BATS_TEST_DIRNAME/../../docs/cache-nginx.conf" >"$nginx/conf"
  sed -i '1i daemon on;' "$nginx/conf"
  nginx -c "$nginx/conf" -e "$nginx/log/error.log"
  url=http://127.0.0.1:$port
  until_true curl -s -o /dev/null "$url/"
}

stop_nginx() { [ ! -e "$nginx/nginx.pid" ] || kill "$(cat "$nginx/nginx.pid")" 2>/dev/null || true; }

# start_liar FOLDER RATE [KIND…]: one that answers wrongly (tests/torture/cache_server.py); sets `url` and `liar`
start_liar() {
  rm -f port
  python3 "$BATS_TEST_DIRNAME/../torture/cache_server.py" "$1" port "$2" 1 "${@:3}" 3>&- &
  liar=$!
  until_true test -e port
  url=http://127.0.0.1:$(cat port)
}

stop_servers() {
  [ -z "${nginx:-}" ] || stop_nginx
  [ -z "${liar:-}" ] || kill "$liar"
}

# make_steps: a recipe of small steps, whose last one counts how often it runs in the file `runs`
make_steps() {
  touch jkr.yaml
  cat >r.lua <<'LUA'
recipe "r" { version = "1", license = "MIT", summary = "small steps" }
local a = write "a" { path = "a/text", text = "first\n" }
local t = tree "t" { copy { a, into = "d" }, edit { "d/a/text", find = "first", replace = "second" } }
return bundle "r" { pack "p" { t, name = "p.tar" }, t / "d/a/text" }
LUA
}

# on MACHINE COMMAND…: jkr with that machine's store
on() {
  local machine=$1
  shift
  JKR_STORE=$work/$machine "$JKR" "$@"
}

# named HOST COMMAND…: as on a machine of that name
# shellcheck disable=SC2016
named() {
  local map=()
  [ "$(id -u)" = 0 ] || map=(--map-current-user)
  unshare -u "${map[@]}" bash -c 'hostname "$0" && exec "$@"' "$@"
}

# make_big MEGABYTES: a recipe `b.lua` of one step, whose result no compression makes smaller
make_big() {
  touch jkr.yaml
  head -c "$1M" /dev/urandom >big.bin
  echo 'return copy "big" { "big.bin" }' >b.lua
}

# kill_mid_upload: waits until nginx has some of a body, and kills all of it at that moment; fails when none comes
kill_mid_upload() {
  python3 - "$nginx" <<'PY'
import os, signal, sys, time
nginx = sys.argv[1]
master = int(open(nginx + "/nginx.pid").read())
pids = [master] + [int(p) for p in open("/proc/%d/task/%d/children" % (master, master)).read().split()]
for _ in range(60000):
    for folder, _, files in os.walk(nginx + "/tmp"):
        for name in files:
            try:
                if os.stat(folder + "/" + name).st_size > 200000:
                    for pid in pids:
                        os.kill(pid, signal.SIGKILL)
                    sys.exit(0)
            except FileNotFoundError:
                pass
    time.sleep(0.001)
sys.exit(1)
PY
}
