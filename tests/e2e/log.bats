#!/usr/bin/env bats
# jkr log: the words of the run that the recipe is about, and of no other.

load helper

# said.lua: a step `say` that prints its word; fails with the word `bad`
make_said() {
  make_tiny
  make_image
  cat >said.lua <<LUA
recipe "said" { version = "1", license = "MIT", summary = "a step that says a word" }
local img = untar "img" { "image.tar", sha256 = "$sum", rootfs = true }
local word = option.string { "word", "one", "what it says" }
return run_in_container "say" { "sh", "-c", "echo said " .. word .. "; [ " .. word .. " != bad ] && echo x >/jkr/out/x", toolchain = img, outputs = { "x" } }
LUA
}

@test "two recipes have a step of one name: each has its own log, also when its result was there" {
  make_said
  sed 's/recipe "said"/recipe "other"/; s/"one"/"two"/' said.lua >other.lua
  jkr run -q said.lua
  jkr run -q other.lua
  jkr log said.lua say | grep -qx 'said one'
  jkr log other.lua say | grep -qx 'said two'
  sed 's/recipe "said"/recipe "third"/' said.lua >third.lua
  jkr run -q third.lua # found by its key
  jkr log third.lua say 2>note | grep -qx 'said one'
  [ ! -s note ]
}

@test "the log is of the result that the options give; a later run with others is noted, with where its log is" {
  make_said
  jkr run -q said.lua
  sleep 1.1
  jkr run -q said.lua -D word=two
  jkr log said.lua say 2>note | grep -qx 'said one'
  path=$(sed -n 's/^note: this is of the result that the recipe has now; a later run had other inputs: //p' note)
  grep -qx 'said two' "$path"
  jkr log said.lua say -D word=two 2>note | grep -qx 'said two'
  [ ! -s note ]
}

@test "a step that failed has no result: its newest log is shown" {
  make_said
  jkr run -q said.lua
  no jkr run -q said.lua -D word=bad
  jkr log said.lua say -D word=bad | grep -qx 'said bad'
  jkr log said.lua say | grep -qx 'said one'
  jkr log said.lua | grep -qE '^say +/.*/logs/say-.*\.log$'
}
