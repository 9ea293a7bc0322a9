# helper.bash: a scratch folder, a store of its own, and a few questions, for every test from outside.

setup() {
  : "${JKR:?the program under test}"
  work=$(mktemp -d "${BATS_TMPDIR:-/tmp}/jkr-e2e.XXXXXX")
  export JKR_STORE=$work/store NO_COLOR=1
  unset JKR_PATH JKR_JOBS JKR_BACKEND
  cd "$work" || return 1
  mkdir project && cd project || return 1
}

teardown() {
  cd /
  chmod -R u+rwx "$work" 2>/dev/null
  rm -rf "$work"
}

jkr() { "$JKR" "$@"; }

# state STEP RECIPE…: the state of one step in a plan
state() {
  local step=$1
  shift
  jkr plan "$@" --format json | python3 -c '
import json, sys
for s in json.load(sys.stdin)["steps"]:
    if s["name"] == sys.argv[1]:
        print(s["state"])' "$step"
}

# judge COMMANDS: judge.sh, which says of a build's folder ($1) whether it is good
judge() {
  printf '#!/bin/sh\n%s\n' "$1" >judge.sh
  chmod +x judge.sh
}

# hold STEP RECIPE: another process holds the lock of STEP's key, on descriptor 8
hold() {
  local key
  key=$(jkr plan "$2" --format json | json "[s['key'] for s in d['steps'] if s['name'] == '$1'][0]")
  mkdir -p "$JKR_STORE/lock/${key:0:2}"
  exec 8>"$JKR_STORE/lock/${key:0:2}/$key"
  flock -n 8
}

# wait_for TEXT FILE
wait_for() {
  for _ in $(seq 600); do
    grep -q -- "$1" "$2" && return 0
    sleep 0.05
  done
  cat "$2"
  return 1
}

# until_true COMMAND…: until it succeeds; fails after half a minute
until_true() {
  for _ in $(seq 600); do
    "$@" 2>/dev/null && return 0
    sleep 0.05
  done
  echo "not within half a minute: $*"
  return 1
}

# json EXPRESSION: evaluates a Python expression over `d`, the JSON on stdin
json() { python3 -c 'import json, sys; d = json.load(sys.stdin); print(eval(sys.argv[1]))' "$1"; }

# make_tiny: the smallest recipe and the two files that it names
make_tiny() {
  mkdir -p pkg && printf 'one\ntwo\nthree\n' >pkg/README && printf 'x\n' >pkg/other
  tar -cJf file.tar.xz pkg
  rm -r pkg
  cat >fix.patch <<'PATCH'
--- a/README
+++ b/README
@@ -1,3 +1,3 @@
 one
-two
+TWO
 three
PATCH
  cat >tiny.lua <<LUA
recipe "tiny" { version = "1", license = "MIT", summary = "the smallest recipe" }
local a   = write "a" { path = "hello.txt", text = "hi\n" }
local src = untar "src" { "file.tar.xz", sha256 = "$(sha256sum file.tar.xz | cut -d' ' -f1)", strip = 1 }
local fix = patch "fix" { on = src, "fix.patch" }
return bundle "tiny" { a, fix / "README" }
LUA
}

# make_image [PROGRAM…]: an image made of this machine's own programs: what a shell, make and the copy of
# outputs need, and those that are named.
make_image() {
  local p f
  mkdir -p root/usr/bin root/etc
  ln -s usr/bin root/bin
  for p in "$@" sh cat cp mkdir dirname find cmp rm sleep env true make setsid hostname; do
    f=$(readlink -f "$(type -P "$p")")
    cp "$f" "root/usr/bin/$p"
    ldd "$f" 2>/dev/null | grep -o '/[^ ]*' | while read -r lib; do
      mkdir -p "root$(dirname "$lib")"
      cp -L "$lib" "root$lib"
    done
  done
  tar -cf image.tar -C root .
  rm -r root
  sum=$(sha256sum image.tar | cut -d' ' -f1)
}

# head_of: the first lines of a recipe that has the image as `img`
head_of() {
  cat <<LUA
recipe "c" { version = "1", license = "MIT", summary = "containers" }
local img = untar "img" { "image.tar", sha256 = "$sum", rootfs = true }
LUA
}

# no COMMAND…: fails the test when the command succeeds; a bare `!` does so only in a test's last line
no() {
  if "$@"; then
    echo "unexpectedly true: $*"
    return 1
  fi
}
