#!/usr/bin/env bats
# farm.bats: jkr run --on, on a real Slurm of two nodes and a real web server: builds, nodes that die, a cache that goes.
# FARM_KERNEL=1 builds the quickstart kernel there as well.

load slurm
load nginx

setup_file() {
  : "${JKR:?the program under test}"
  export NO_COLOR=1 T=$BATS_FILE_TMPDIR
  export XDG_CONFIG_HOME=$T/config
  unset JKR_CACHE JKR_ON JKR_JOBS JKR_BACKEND
  cluster "$T/slurm" || return 1
  cache_server "$T/nginx" 28087 || return 1
  # a store for each node, as two machines have them
  cat >"$T/worker" <<SH
#!/bin/sh
[ ! -e "$T/trick" ] || . "$T/trick"
exec env JKR_STORE="$T/store.\$SLURMD_NODENAME" "$JKR" "\$@"
SH
  chmod +x "$T/worker"
  mkdir -p "$XDG_CONFIG_HOME/jkr"
  cat >"$XDG_CONFIG_HOME/jkr/config.yaml" <<YAML
cache: http://127.0.0.1:28087
executors:
  farm:
    prefix: srun --quiet --export=NONE -n1 -D / -c {cpus} --mem={mem_mb} --constraint={features} --exclude={avoid} -J jkr:{step}
    jkr: $T/worker
    memory: 500M
    slots: 16
    steps: all
YAML
}

teardown_file() {
  end_cluster
  end_cache_server
  rm -rf "$BATS_FILE_TMPDIR"/store.*
}

setup() {
  export JKR_STORE=$BATS_TEST_TMPDIR/store
  mkdir "$BATS_TEST_TMPDIR/project"
  cd "$BATS_TEST_TMPDIR/project" || return 1
  cat >a.lua <<'LUA'
recipe "a" { version = "1", license = "MIT", summary = "steps for a farm" }
local name = option.string { "name", "x", "what makes it another build" }
local v = {}
for i = 1, 6 do v[i] = write("w" .. i) { path = "w" .. i, text = name .. i .. "\n", features = { i % 2 == 0 and "one" or "two" } } end
return bundle "b" { tree "t" { copy { v }, edit { "w1", find = name, replace = "far" } } }
LUA
}

teardown() { rm -f "$T/trick"; chmod -R u+w "$BATS_TEST_TMPDIR"; }

# nodes_of OUTPUT: which nodes were used
nodes_of() { sed -n 's/.*: on \(n[12]\)$/\1/p' | sort | uniq -c | tr -s ' \n' ' '; }

up() {
  scontrol update NodeName="$1" State=RESUME 2>/dev/null || true
  pgrep -f "slurmd -N $1\$" >/dev/null || node "$1"
  for _ in $(seq 100); do
    [ "$(sinfo -h -n "$1" -t idle -o %D)" != 1 ] || return 0
    sleep 0.1
  done
}

@test "steps run on the nodes that have what they ask for, and the bytes are those of a build here" {
  run "$JKR" run a.lua -D name=one --on farm -o out --progress plain
  echo "$output"
  [ "$status" = 0 ]
  [ "$(sed -n 's/.* w[135]: on //p' <<<"$output" | sort -u)" = n2 ]
  [ "$(sed -n 's/.* w[246]: on //p' <<<"$output" | sort -u)" = n1 ]
  JKR_STORE=$BATS_TEST_TMPDIR/second "$JKR" run a.lua -D name=one --cache none -o here -q
  diff -r here out
  "$JKR" plan a.lua -D name=one --fail-if-changes -q
}

@test "a mistake is that of the step" {
  sed -i 's/find = name/find = "nothing"/' a.lua
  run "$JKR" run a.lua -D name=two --on farm --progress plain
  echo "$output"
  [ "$status" = 1 ]
  [[ $output == *"error[E0561]: \`w1\` does not hold \`nothing\`"* ]]
}

@test "a node that dies in the midst of a step: the step is run on the other" {
  echo 'recipe "k" { version = "1", license = "MIT", summary = "one step" } return write "w" { path = "w", text = "three" }' >k.lua
  # the first try waits to be killed
  # shellcheck disable=SC2016
  echo 'if mkdir '"$BATS_TEST_TMPDIR"'/first 2>/dev/null; then echo "@jkr node $SLURMD_NODENAME"; echo $SLURMD_NODENAME >'"$BATS_TEST_TMPDIR"'/victim; exec sleep 600; fi' >"$T/trick"
  "$JKR" run k.lua --on farm -o out --progress plain >log 2>&1 &
  run=$!
  for _ in $(seq 300); do [ ! -s "$BATS_TEST_TMPDIR/victim" ] || break; sleep 0.1; done
  victim=$(cat "$BATS_TEST_TMPDIR/victim")
  kill_node "$victim"
  status=0
  wait $run || status=$?
  cat log
  up "$victim"
  [ "$status" = 0 ]
  [ "$(cat out/w)" = three ]
  grep -q "w: lost on $victim: tried once more" log
  [ "$(sed -n 's/.* w: on //p' log | tail -1)" != "$victim" ]
}

@test "both nodes die: the run ends with 7" {
  echo 'recipe "k" { version = "1", license = "MIT", summary = "one step" } return write "w" { path = "w", text = "four" }' >k.lua
  # shellcheck disable=SC2016
  echo 'echo "@jkr node $SLURMD_NODENAME"; echo $SLURMD_NODENAME >>'"$BATS_TEST_TMPDIR"'/victims; exec sleep 600' >"$T/trick"
  "$JKR" run k.lua --on farm --progress plain >log 2>&1 &
  run=$!
  for i in 1 2; do
    for _ in $(seq 300); do [ "$(wc -l 2>/dev/null <"$BATS_TEST_TMPDIR/victims" || echo 0)" -lt $i ] || break; sleep 0.1; done
    kill_node "$(sed -n ${i}p "$BATS_TEST_TMPDIR/victims")"
  done
  status=0
  wait $run || status=$?
  cat log
  up n1
  up n2
  [ "$status" = 7 ]
  grep -q 'error\[E0331\]: step `w` was lost 2 times on `farm`' log
}

@test "the cache goes in the midst of a run: the run ends here, with the same bytes" {
  # the second step takes the cache with it
  # shellcheck disable=SC2016
  echo 'if ! mkdir '"$BATS_TEST_TMPDIR"'/first 2>/dev/null; then kill $(cat '"$T"'/nginx/nginx.pid); fi' >"$T/trick"
  run "$JKR" run a.lua -D name=five --on farm -o out --progress plain
  echo "$output"
  rm -f "$T/trick"
  cache_server "$T/nginx" 28087
  [ "$status" = 0 ]
  [[ $output == *"it runs here"* ]]
  JKR_STORE=$BATS_TEST_TMPDIR/second "$JKR" run a.lua -D name=five --cache none -o here -q
  diff -r here out
}

@test "ctrl-c takes the jobs back" {
  # shellcheck disable=SC2016
  echo 'echo "@jkr node $SLURMD_NODENAME"; exec sleep 600' >"$T/trick"
  "$JKR" run a.lua -D name=six --on farm -q 3>&- &
  run=$!
  for _ in $(seq 300); do [ "$(squeue -h -t R | wc -l)" -lt 4 ] || break; sleep 0.1; done
  kill -TERM $run
  status=0
  wait $run || status=$?
  [ "$status" = 143 ]
  for _ in $(seq 100); do [ -n "$(squeue -h)" ] || break; sleep 0.1; done
  squeue
  [ -z "$(squeue -h)" ]
}

@test "the quickstart kernel is built there with equal bytes" {
  [ -n "${FARM_KERNEL:-}" ] || skip "FARM_KERNEL=1 builds it: two kernels"
  cd "$BATS_TEST_DIRNAME/../.."
  # make gets two jobs there
  sed 's/^    slots: 16$/&\n    cpus: 2/' "$XDG_CONFIG_HOME/jkr/config.yaml" >"$BATS_TEST_TMPDIR/config.yaml"
  grep -q '^    cpus: 2$' "$BATS_TEST_TMPDIR/config.yaml"
  mkdir -p "$BATS_TEST_TMPDIR/config/jkr" && mv "$BATS_TEST_TMPDIR/config.yaml" "$BATS_TEST_TMPDIR/config/jkr"
  XDG_CONFIG_HOME=$BATS_TEST_TMPDIR/config "$JKR" run qemu-arm64-rt.lua --on farm -o "$BATS_TEST_TMPDIR/far" --progress plain >"$BATS_TEST_TMPDIR/log" 2>&1 ||
    { cat "$BATS_TEST_TMPDIR/log" && return 1; }
  cat "$BATS_TEST_TMPDIR/log"
  grep -Eq 'linux/build: on n[12]$' "$BATS_TEST_TMPDIR/log"
  # only the module does, for it takes in a folder of the project, which does not travel
  run grep 'runs here' <(grep -v 'hello/build: runs here: it takes in the folder' "$BATS_TEST_TMPDIR/log")
  echo "$output"
  [ "$status" = 1 ]
  JKR_STORE=${KERNEL_STORE:-build/check-store} "$JKR" run qemu-arm64-rt.lua --cache none -o "$BATS_TEST_TMPDIR/here" -q
  diff -r "$BATS_TEST_TMPDIR/here" "$BATS_TEST_TMPDIR/far"
}
