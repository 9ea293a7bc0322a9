#!/usr/bin/env bats
# A store that cannot be used: it says so, and nothing is left half done.

load helper

teardown() {
  cd /
  mountpoint -q "$work/small" && umount "$work/small"
  chmod -R u+rwx "$work" 2>/dev/null
  rm -rf "$work"
}

# other WORD…: as a user who owns nothing here
other() { setpriv --reuid 65534 --regid 65534 --clear-groups "$@"; }

root_only() { [ "$(id -u)" = 0 ] || skip "needs root"; }

# one error, one line of it, no half sentence from the system alone
clear() {
  [ "$(grep -c '^error' <<<"$output")" = 1 ]
  [[ $output == *'error[E08'* || $output == *'error[E03'* ]]
}

@test "a new store that another run begins meanwhile" {
  export JKR_STORE=$work/begun
  echo 'return write "a" { path = "a", text = "a" }' >a.lua
  # slow to see that the folder is empty: in that time the other one, slow as well, makes some of it
  strace -qq -o /dev/null -e trace=getdents64 -e inject=getdents64:delay_exit=400000 "$JKR" run a.lua -q >slow 2>&1 &
  slow=$!
  for _ in {1..3000}; do [ ! -d "$JKR_STORE" ] || break; sleep 0.01; done
  sleep 0.1
  strace -qq -o /dev/null -e trace=mkdirat -e inject=mkdirat:delay_exit=200000 "$JKR" run a.lua -q
  wait $slow || { cat slow; return 1; }
}

@test "a store of another owner is refused" {
  root_only
  make_tiny
  jkr run tiny.lua
  chmod 755 "$work"
  run other env HOME=/nonexistent "$JKR" run tiny.lua
  [ "$status" = 6 ] || [ "$status" = 2 ] || [ "$status" = 1 ]
  clear
  [[ $output == *"$JKR_STORE"* ]]
  # root does not write into a user's store either: its files would be of two owners
  chown 65534:65534 "$JKR_STORE"
  run jkr run tiny.lua
  [ "$status" != 0 ]
  clear
}

@test "a plan needs only to read the store" {
  root_only
  make_tiny
  jkr run tiny.lua
  chmod 755 "$work"
  chown -R 65534:65534 "$work/project" "$JKR_STORE"
  chmod -R a-w "$JKR_STORE"
  find "$JKR_STORE" | sort >"$work/before"
  other env HOME=/nonexistent "$JKR" plan tiny.lua --fail-if-changes
  [ "$(other env HOME=/nonexistent "$JKR" plan tiny.lua --format json | json 'd["summary"]["cached"]')" = 4 ]
  find "$JKR_STORE" | sort | cmp "$work/before" -
  sed -i s/hi/ho/ tiny.lua
  run other env HOME=/nonexistent "$JKR" run tiny.lua
  [ "$status" != 0 ]
  clear
}

@test "a full disk is said, and nothing half done is left" {
  root_only
  mkdir "$work/small"
  mount -t tmpfs -o size=1m,mode=755 tmpfs "$work/small" || skip "cannot mount"
  mkdir big
  for i in $(seq 30); do head -c 100000 /dev/urandom >"big/$i"; done
  tar -cf big.tar big
  rm -r big
  echo 'return bundle "big" { untar "src" { "big.tar", strip = 1 } }' >big.lua
  export JKR_STORE=$work/small/store
  run jkr run big.lua
  [ "$status" != 0 ]
  [[ $output == *"No space left on device"* ]]
  [ "$(state src big.lua)" = run ]
  mount -o remount,size=40m "$work/small"
  jkr cache verify
  jkr run big.lua
  [ "$(state src big.lua)" = cached ]
  jkr cache verify
}

@test "a run that has nothing to do does not wait for what other runs left in the trash; gc removes it" {
  make_tiny
  jkr run tiny.lua -q
  left=$JKR_STORE/trash/warm-of-another
  mkdir -p "$left/d"
  (cd "$left/d" && seq 100000 | xargs touch)
  jkr run tiny.lua -q
  [ -d "$left" ]
  jkr cache gc
  [ ! -e "$left" ]
}

@test "what took ten seconds is on the disk when it is done, not only at the end of the run" {
  make_image
  { head_of; echo 'return bundle "b" { run_in_container "r" { "sh", "-c", "sleep $S; echo x > f", env = { S = option.string { "s", "0", "seconds" } }, toolchain = img } / "f" }'; } >c.lua
  strace -o short -e trace=syncfs "$JKR" run c.lua -q -o out
  strace -o long -e trace=syncfs "$JKR" run c.lua -q -o out -D s=10
  [ "$(grep -c '^syncfs' short)" = 1 ]
  [ "$(grep -c '^syncfs' long)" = 2 ]
}

@test "what is no store is not taken for one" {
  make_tiny
  mkdir "$work/mine"
  echo precious >"$work/mine/file"
  run jkr run tiny.lua --store "$work/mine"
  [ "$status" != 0 ]
  [ "$(cat "$work/mine/file")" = precious ]
  echo x >"$work/afile"
  run jkr run tiny.lua --store "$work/afile"
  [ "$status" != 0 ]
  clear
  [ "$(cat "$work/afile")" = x ]
}

# damage NAME: changes one byte of each file of this name in the layers
damage() { find "$JKR_STORE/layers" -name "$1" -type f -exec sh -c 'printf Z | dd of="$1" bs=1 conv=notrunc 2>/dev/null' sh {} \;; }

@test "a plan on a damaged store plans the rebuild, and says why" {
  echo 'local a = write "a" { path = "f", text = "x" } return copy "b" { a / "f" }' >d.lua
  jkr run d.lua
  find "$JKR_STORE/layers" -name '*.list' -exec sh -c 'echo damaged >"$1"' sh {} \;
  find "$JKR_STORE" | sort >"$work/before"
  jkr plan d.lua >said
  grep -q 'its stored result is damaged' said
  find "$JKR_STORE" | sort | cmp "$work/before" -
  [ "$(state a d.lua)$(state b d.lua)" = runafter ]
  jkr run d.lua -o out
  [ "$(cat out/f)" = x ]
  jkr cache verify
}

@test "what is damaged leaves the store neither as a file nor in a folder, and the next run builds it anew" {
  cat >d.lua <<'LUA'
local a = write "a" { path = "one", text = "one" }
return { a, write { path = "d/two", text = "two" } }
LUA
  jkr run d.lua -o out
  for name in one two; do
    damage $name
    jkr run d.lua -o out # what was exported before is whole, and stays
    [ "$(cat out/one out/d/two)" = onetwo ]
    rm -r out
    run jkr run d.lua -o out
    [ "$status" = 1 ]
    [[ $output == *'error[E0803]'*"$name"* ]]
    jkr run d.lua -o out
    [ "$(cat out/one out/d/two)" = onetwo ]
    jkr cache verify
  done
}

@test "what reads a damaged file of a result fails, and the next run builds it anew" {
  mkdir src && echo text >src/file && tar -cf src.tar src
  cat >d.lua <<'LUA'
local n = option.string { "n", "1" }
local src = untar { "src.tar", strip = 1 }
return bundle "b" { pack { src, name = "p" .. n .. ".tar" }, copy { src / "file", as = "c" .. n } }
LUA
  jkr run d.lua
  damage file
  run jkr run d.lua -D n=2 -o out
  [ "$status" = 1 ]
  [[ $output == *'error[E0803]'* ]]
  jkr run d.lua -D n=2 -o out
  [ "$(cat out/c2)" = text ]
  [ "$(tar -xOf out/p2.tar file)" = text ]
  jkr cache verify
}
