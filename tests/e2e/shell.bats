#!/usr/bin/env bats
# jkr shell: the sandbox of a step, with a shell in the place of its program.

load helper
bats_require_minimum_version 1.5.0

recipe_with_steps() {
  make_image "$@"
  { head_of; cat <<'LUA'
local text = write "text" { path = "a/b", text = "in the tree\n" }
local made = run_in_container "made" { "sh", "-c", "echo made > f", toolchain = img }
local last = run_in_container "last" { "sh", "-c", "cat '/jkr/in put/f'; exit 3", toolchain = img, on = text,
  mounts = { ["/jkr/in put"] = made }, env = { SEEN = "yes" } }
return last
LUA
  } >c.lua
}

@test "the shell stands where the program would: mounts, environment, command, and nothing is kept" {
  recipe_with_steps
  jkr run c.lua text made
  echo 'cat /jkr/src/a/b "/jkr/in put/f"; echo $SEEN; echo x > /jkr/src/new; cat /jkr/src/new; exit 7' >in
  find "$JKR_STORE"/{layers,results,logs,steps} | sort >before
  run --separate-stderr jkr shell c.lua last <in
  [ "$status" = 7 ]
  [ "$output" = $'in the tree\nmade\nyes\nx' ]
  [[ $stderr == *"/jkr/src "*'`text`'* ]]
  [[ $stderr == *'`made`'* ]]
  [[ $stderr == *"sh -c 'cat '\\''/jkr/in put/f'\\''; exit 3'"* ]]
  find "$JKR_STORE"/{layers,results,logs,steps} | sort | diff before -
}

@test "what the step takes in is built first, and that is said" {
  recipe_with_steps
  run --separate-stderr jkr shell c.lua last <<<'cat "/jkr/in put/f"'
  [ "$status" = 0 ]
  [ "$output" = made ]
  [[ $stderr == *'what `last` takes in is not all there'* ]]
  [ "$(state made c.lua)" = cached ]
  [ "$(state last c.lua)" = run ]
}

@test "on a terminal the shell has one of its own, with job control" {
  recipe_with_steps bash
  jkr run c.lua text made
  run python3 - <<'PY'
import os, pty, re, sys, time
pid, fd = pty.fork()
if not pid:
    os.execv(os.environ["JKR"], ["jkr", "shell", "c.lua", "last"])
said = b""
def until(what):
    global said
    while what not in said:
        said += os.read(fd, 4096)
try:
    until(b"$ ")
    os.write(fd, b"test -t 0 && echo is'-'tty\n")
    until(b"is-tty")
    os.write(fd, b"sleep 1000\n")
    time.sleep(1)
    os.write(fd, b"\x03")
    os.write(fd, b"echo back'-'again; exit 5\n")
    until(b"back-again")
    while True:
        said += os.read(fd, 4096)
except OSError:
    pass
print(said.decode(errors="replace"))
print("status", os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
PY
  echo "$output"
  [[ $output == *"status 5"* ]]
  [[ $output != *"job control"* ]]
}

@test "a step without a sandbox, and a name that stands for several, are told apart" {
  recipe_with_steps
  run jkr shell c.lua text </dev/null
  [ "$status" = 2 ]
  [[ $output == *'step `text` has no sandbox'* ]]
  run jkr shell c.lua nothing </dev/null
  [ "$status" = 2 ]
  [[ $output == *'has no step `nothing`'* ]]
}

@test "a failed step names the command that enters its sandbox" {
  recipe_with_steps
  run jkr run c.lua -D epoch=5
  [ "$status" = 1 ]
  [[ $output == *"jkr shell c.lua -D epoch=5 last"* ]]
  run jkr shell c.lua -D epoch=5 last <<<'echo $SOURCE_DATE_EPOCH'
  [[ $output == *$'\n5' ]]
}
