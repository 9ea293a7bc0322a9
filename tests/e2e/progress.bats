#!/usr/bin/env bats
# How a run is shown: how much, and on what kind of terminal.

load helper

talking() {
  make_image
  { head_of; cat <<'LUA'
return run_in_container "r" { "sh", "-c", "echo said; echo x > f; exit ${CODE:-0}", toolchain = img, env = { CODE = "CODE_HERE" } }
LUA
  } | sed "s/CODE_HERE/${1:-0}/" >c.lua
}

# on_terminal COMMAND…: runs it on a terminal of its own and prints what came there
on_terminal() {
  python3 -c '
import os, pty, sys
pid, fd = pty.fork()
if not pid:
    os.execvp(sys.argv[1], sys.argv[1:])
said = b""
try:
    while True:
        said += os.read(fd, 4096)
except OSError:
    pass
os.waitpid(pid, 0)
print(said.decode(errors="replace"))' "$@"
}

@test "-v names what is cached, -v -v shows what programs say, -q says nothing" {
  talking
  jkr run c.lua img -q
  run jkr run c.lua --fresh -v
  [[ $output != *"| said"* ]]
  [[ $output == *"r: begins"* ]]
  run jkr run c.lua -v
  [[ $output == *"r: cached"* ]]
  run jkr run c.lua --fresh -v -v
  [[ $output == *"| said"* ]]
  run jkr run c.lua --fresh -q
  [ "$output" = "" ]
}

@test "a terminal gets the footer, also without colours; a dumb one gets lines" {
  talking
  TERM=xterm on_terminal "$JKR" run c.lua >out
  grep -q '✔' out
  no grep -q '\[3[0-9]m' out
  TERM=dumb on_terminal "$JKR" run c.lua --fresh >out
  grep -q 'r: done in' out
  no grep -q "$(printf '\033')" out
}

@test "a failure shows the first error, the recipe's line, the log and the next command" {
  talking 3
  run jkr run c.lua
  [ "$status" = 1 ]
  [[ $output == *'error[E0317]: step `r` failed: `sh` exited with 3'* ]]
  [[ $output == *"--> c.lua:3:8"* ]]
  [[ $output == *"the whole log: $JKR_STORE/logs/r-"* ]]
  [[ $output == *"jkr shell c.lua r"* ]]
}

@test "what was damaged in the store is told at the end, and built again" {
  talking
  jkr run c.lua -q
  f=$(find "$JKR_STORE/layers" -path '*/f' -type f)
  chmod u+w "$f" && echo changed >"$f"
  run jkr cache verify --repair
  echo "$output"
  [ "$status" = 3 ]
  [[ $output == *"error[E0811]: 3 objects of the store are damaged"* ]]
  jkr run c.lua -q
  for r in "$JKR_STORE"/results/*/*; do chmod u+w "$r" && echo x >>"$r"; done
  run jkr run c.lua
  echo "$output"
  [ "$status" = 0 ]
  [[ $output == *"damaged in the store, set aside in $JKR_STORE/quarantine:"* ]]
}

@test "a terminal is told what is cached, what a program says, what failed, and how much more there is" {
  make_image
  { head_of; cat <<'LUA'
local a = write "a" { path = "f", text = "x" }
local e = run_in_container "e" { "sh", "-c", "i=0; while [ $i -lt 20 ]; do echo a.c:$i:5: error: no $i; i=$((i+1)); done; exit 4",
  toolchain = img, on = a }
return { a, e, copy "c" { e } }
LUA
  } >t.lua
  for _ in 1 2; do
    run jkr run t.lua -k -v -v --progress tty
    [ "$status" = 1 ]
    [[ $output == *'✘'*e*'exited with 4'* ]]
    [[ $output == *'a.c:0:5: error: no 0'* ]]
    [[ $output == *'more such lines are in the log'* ]]
  done
  [[ $output == *cached* ]]
}

@test "of a step that says very much the first thousand lines are shown and kept, and that there were more" {
  python3 - <<'PY'
import tarfile, io
text = "new line\n" + "".join(f"line {i}\n" for i in range(1, 12011))
with tarfile.open("long.tar", "w") as t:
    m = tarfile.TarInfo("p/long")
    m.size = len(text)
    t.addfile(m, io.BytesIO(text.encode()))
for k in range(1, 1011):
    at = 10 * k
    with open(f"p{k}.patch", "w") as f:
        f.write(f"--- a/long\n+++ b/long\n@@ -{at},3 +{at},3 @@\n line {at}\n-line {at + 1}\n+LINE {at + 1}\n line {at + 2}\n")
PY
  cat >much.lua <<LUA
recipe "much" { version = "1", license = "MIT", summary = "patches that all lie a line off" }
local src = untar "src" { "long.tar", sha256 = "$(sha256sum long.tar | cut -d' ' -f1)", strip = 1 }
local p = { on = src }
for i = 1, 1010 do p[i] = "p" .. i .. ".patch" end
return patch "fix" (p)
LUA
  run jkr run much.lua
  [ "$status" = 0 ]
  [ "$(grep -c 'offset +1' <<<"$output")" = 1000 ]
  [ "$(grep -c 'it says more: the rest is in its log only' <<<"$output")" = 1 ]
  [ "$(jkr log much.lua fix | grep -c 'offset +1')" = 1010 ]
}
