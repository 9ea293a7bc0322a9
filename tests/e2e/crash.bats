#!/usr/bin/env bats
# A run that is stopped or killed leaves the next one equal.

load helper

# a tarball of many small files, so that there is time to kill
make_big() {
  mkdir big
  for i in $(seq 40); do
    mkdir "big/d$i"
    head -c 400000 /dev/urandom | split -b 4000 - "big/d$i/f"
  done
  tar -cf big.tar big
  rm -r big
  cat >big.lua <<'LUA'
local src = untar "src" { "big.tar", strip = 1 }
local out = pack "out" { src, name = "big.tar.zst" }
return bundle "big" { src, out }
LUA
}

result() { jkr manifest big.lua | json '[s.get("result") for s in d["steps"]]'; }

@test "killed in the middle of untar, at many times" {
  make_big
  JKR_STORE=$work/clean jkr run big.lua
  JKR_STORE=$work/clean result >clean
  for ms in 01 03 05 08 12 17 25 40; do
    "$JKR" run big.lua >/dev/null 2>&1 &
    sleep "0.$ms"
    kill -9 $! 2>/dev/null || true
    wait $! || true
  done
  jkr run big.lua
  result | cmp clean -
  jkr cache verify
  [ "$(find "$JKR_STORE/tmp" -mindepth 1 -maxdepth 1 | wc -l)" -le 1 ]
}

@test "ctrl-c ends with 130 and keeps what was finished" {
  make_big
  timeout -s INT 0.05 "$JKR" run big.lua -j1 || status=$?
  [ "${status:-0}" = 130 ] || [ "${status:-0}" = 124 ] || [ "${status:-0}" = 0 ]
  jkr run big.lua
  jkr cache verify
}

@test "two runs at once on one store" {
  make_big
  "$JKR" run big.lua >one 2>&1 &
  first=$!
  "$JKR" run big.lua >two 2>&1
  wait $first
  jkr cache verify
  # each key was built once
  [ "$(find "$JKR_STORE/results" -type f | wc -l)" = 3 ]
}
