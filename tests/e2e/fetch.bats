#!/usr/bin/env bats
# Downloads: once, whole, and taken up again where they were cut off; and what is reported on the way.

load helper

teardown() {
  [ -z "${server:-}" ] || kill "$server"
  cd /
  rm -rf "$work"
}

# serve: this folder on a port of loopback, in $port
serve() {
  python3 -u -m http.server --bind 127.0.0.1 0 >"$work/server.log" 2>&1 3>&- &
  server=$!
  wait_for ' port [0-9]' "$work/server.log"
  port=$(sed -n 's/.* port \([0-9]*\).*/\1/p' "$work/server.log")
}

fetch_recipe() { echo "return fetch \"f\" { url = \"http://127.0.0.1:$port/$1\", sha256 = \"$2\" }" >f.lua; }

@test "a file is downloaded once, and what is left of an earlier try does no harm" {
  head -c 300000 /dev/zero | tr '\0' x >blob
  sum=$(sha256sum blob | cut -d' ' -f1)
  serve
  fetch_recipe blob "$sum"
  mkdir -p "$work/other" && JKR_STORE=$work/other/store jkr run f.lua -o out
  cmp out/blob blob
  # half of it is there, once good and once not
  for half in x y; do
    rm -rf "$JKR_STORE" && jkr plan f.lua
    mkdir -p "$JKR_STORE" && JKR_STORE=$JKR_STORE jkr cache gc -q
    mkdir -p "$JKR_STORE/partial" && head -c 150000 /dev/zero | tr '\0' "$half" >"$JKR_STORE/partial/$sum"
    jkr run f.lua -o out || jkr run f.lua -o out
    cmp out/blob blob
    [ ! -e "$JKR_STORE/partial/$sum" ]
  done
  before=$(grep -c GET "$work/server.log")
  jkr run f.lua --fresh -o out
  echo "$before, then $(grep -c GET "$work/server.log")" >&2
  [ "$(grep -c GET "$work/server.log")" = "$before" ]
}

@test "events tell of a download, a note and a failure" {
  echo text >blob
  sum=$(sha256sum blob | cut -d' ' -f1)
  serve
  fetch_recipe blob "$sum"
  echo 'local f = fetch "f" { url = "http://127.0.0.1:'"$port"'/blob", sha256 = "'"$sum"'" }
return { f, edit "e" { "blob", on = f, find = "nowhere", replace = "x" }, copy "c" { f / "none" } }' >f.lua
  run jkr run f.lua -k --progress json
  [ "$status" != 0 ]
  [[ $output == *'"event":"begin","step":"f"'* ]]
  [[ $output == *'"event":"end","step":"f"'* ]]
  [[ $output == *'"event":"failed","step":"e"'* ]]
  [[ $output == *'"event":"failed","step":"c"'* || $output == *E0305* ]]
}

@test "doctor asks the servers of what a run would download, and only of that" {
  echo hello >blob
  sum=$(sha256sum blob | cut -d' ' -f1)
  serve
  fetch_recipe blob "$sum"
  found() { jkr doctor f.lua --format json | json '[(c["ok"], c["required"]) for c in d["checks"] if c["id"] == "f"]'; }
  [ "$(found)" = "[(True, False)]" ]
  fetch_recipe not-there "$sum"
  [ "$(found)" = "[(False, True)]" ]
  run jkr doctor f.lua
  [ "$status" = 6 ]
  [[ $output == *'correct the address'* ]]
  # a server that is down is no fault of the recipe, and what is stored needs none
  fetch_recipe blob "$sum"
  jkr run f.lua -q
  kill "$server" && wait "$server" || true
  server=
  [ "$(found)" = "[]" ]
  echo "-- other" >>f.lua
  JKR_STORE=$work/other
  [ "$(found)" = "[(False, False)]" ]
  jkr doctor f.lua
}

@test "doctor asks docker's daemon, and does not wait for one that hangs" {
  mkdir bin
  found() { PATH=$PWD/bin:$PATH jkr doctor --format json | json '[(c["ok"], c["found"].split("/docker")[-1]) for c in d["checks"] if c["id"] == "docker"]'; }
  printf '#!/bin/sh\n%s\n' 'echo 24.0.1' >bin/docker && chmod +x bin/docker
  [ "$(found)" = "[(True, ', daemon 24.0.1')]" ]
  printf '#!/bin/sh\n%s\n' 'echo no daemon >&2; exit 1' >bin/docker
  [ "$(found)" = "[(False, ': no daemon answers it')]" ]
  printf '#!/bin/sh\n%s\n' 'sleep 60' >bin/docker
  [ "$(found)" = "[(False, ': no daemon answers it')]" ]
}

@test "doctor asks of a machine what its backend needs" {
  mkdir bin && ln -s /bin/false bin/docker
  wants() { PATH=$PWD/bin:$PATH jkr doctor "$@" --format json | json '[c["required"] for c in d["checks"] if c["id"] in ("userns", "bwrap", "docker", "podman")]'; }
  [ "$(wants)" = "[True, True, False, False]" ]
  [ "$(wants --backend docker)" = "[False, False, True, False]" ]
  [ "$(JKR_BACKEND=podman wants)" = "[False, False, False, True]" ]
  PATH=$PWD/bin:$PATH
  run jkr doctor --backend docker
  [ "$status" = 6 ]
}

@test "doctor sees a store that has too few inodes left" {
  mkdir "$JKR_STORE"
  unshare -rUm sh -c 'mount -t tmpfs -o nr_inodes=500 none "$JKR_STORE" && "$JKR" doctor --format json' >said || true
  [ "$(json '[(c["ok"], c["required"]) for c in d["checks"] if c["id"] == "inodes"]' <said)" = "[(False, False)]" ]
  [ "$(jkr doctor --format json | json '[c["ok"] for c in d["checks"] if c["id"] == "case"]')" = "[True]" ]
}

@test "doctor --only looks at one group, and at what flashes a board only then" {
  ids() { jkr doctor "$@" --format json | json 'sorted({(c["group"], c["id"]) for c in d["checks"]})'; }
  groups() { jkr doctor "$@" --format json | json 'sorted({c["group"] for c in d["checks"]})'; }
  [ "$(ids --only docker)" = "[('docker', 'docker'), ('docker', 'podman')]" ]
  [ "$(groups --only host)" = "['host']" ]
  [ "$(groups)" = "['docker', 'host']" ]
  echo new >file && serve
  cat >f.lua <<LUA
return copy { fetch "near" { "http://127.0.0.1:$port/file", sha256 = "$(sha256sum file | cut -d' ' -f1)" },
  fetch "far" { file = "sdk.run", get = "ask the vendor" } }
LUA
  touch sdk.run
  [ "$(ids f.lua --only sources)" = "[('sources', 'far'), ('sources', 'plan')]" ]
  [ "$(ids f.lua --only network)" = "[('network', 'near')]" ]
  [ "$(groups f.lua)" = "['docker', 'host', 'network', 'sources']" ]
  rm sdk.run
  run jkr doctor f.lua --only host
  [ "$status" = 0 ]
  run jkr doctor f.lua --only sources
  [ "$status" = 6 ] && [[ $output == *'ask the vendor'* ]]
}

@test "doctor --only flash finds a board in recovery mode, and USB ports that fall asleep" {
  mkdir -p bin sys/bus/usb/devices/1-2 sys/module/usbcore/parameters
  printf '#!/bin/sh\n' >bin/exportfs && cp bin/exportfs bin/sudo && chmod +x bin/*
  echo 0955 >sys/bus/usb/devices/1-2/idVendor && echo 7020 >sys/bus/usb/devices/1-2/idProduct
  echo 2 >sys/module/usbcore/parameters/autosuspend
  flash() { PATH=$PWD/bin:$PATH unshare -rm sh -c 'mount --bind sys /sys && exec "$0" doctor --only flash' "$JKR" >said 2>&1; }
  run flash
  [ "$status" = 6 ]
  grep -q 'MISSING recovery' said && grep -q 'MISSING autosuspend' said && grep -q 'autosuspend is 2 seconds' said
  echo 7323 >sys/bus/usb/devices/1-2/idProduct && echo -1 >sys/module/usbcore/parameters/autosuspend
  flash
  grep -q 'recovery .*Orin NX 16 GB in recovery mode' said && grep -q 'autosuspend is -1: never' said
  PATH=/usr/bin:/bin
  rm bin/exportfs
  run flash
  [ "$status" = 6 ] && grep -q 'MISSING nfs' said
}
