#!/bin/bash
# damage.sh: every kind of damage to every kind of file of a store is found, never used, and made good.
#
# usage: damage.sh [KIND…]   tests/torture/run.sh gives JKR, WORK and TORTURE; damage.py says what is done
set -u
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=/dev/null
. "$here/../e2e/helper.bash"

mkdir -p "$WORK/project" && cd "$WORK/project" || exit 1
make_image ln
make_tiny
for make in one two; do
  mkdir -p "$make"
  echo a >"$make/in"
  echo "$make" >"$make/same"
  printf '/jkr/build/out: /jkr/build/part same\n\tcat /jkr/build/part same > $@\n/jkr/build/part: in\n\tcat in > $@\n' >"$make/Makefile"
done
mkdir web && head -c 5000 /dev/zero | tr '\0' b >web/blob
# shellcheck disable=SC2154  # of make_image
cat >damage.lua <<LUA
recipe "damage" { version = "1", license = "MIT", summary = "a file of every kind in the store" }
local n    = option.string { "n", "1", "makes the last steps others" }
local img  = untar "img" { "image.tar", sha256 = "$sum", rootfs = true }
local blob = fetch "blob" { url = "http://127.0.0.1:@PORT@/blob", sha256 = "$(sha256sum web/blob | cut -d' ' -f1)" }
local src  = untar "src" { "file.tar.xz", sha256 = "$(sha256sum file.tar.xz | cut -d' ' -f1)", strip = 1 }
local fix  = patch "fix" { on = src, "fix.patch" }
local one  = make_in_container "one" { "one", toolchain = img, outputs = { out = "out" } }
local two  = make_in_container "two" { "two", toolchain = img, outputs = { out = "out" } }
local ran  = run_in_container "ran" { "sh", "-c", "cat /jkr/fix/README > r; ln -s r link; mkdir d; echo x > d/x", toolchain = img,
  mounts = { ["/jkr/fix"] = fix } }
-- what only programs read
local seen = run_in_container "seen" { "sh", "-c", "cat /jkr/fix/README /jkr/ran/r /jkr/ran/d/x > seen; : " .. n, toolchain = img,
  mounts = { ["/jkr/fix"] = fix, ["/jkr/ran"] = ran } }
local all  = pack "all" { fix, ran, name = "all-" .. n .. ".tar" }
return { all, ran, seen / "seen", fix / "README", copy "last" { blob / "blob", as = "blob-" .. n }, one / "out", copy { two / "out", as = "two" } }
LUA
exec python3 "$here/damage.py" "$@"
