#!/usr/bin/env bats
# log --support: one archive for a bug report, and nothing in it that is nobody's business.

load helper

make_failing() {
  make_tiny
  make_image
  export HOME=$work/home-of-jane
  mkdir "$HOME"
  cat >fail.lua <<LUA
recipe "fail" { version = "1", license = "MIT", summary = "a step that fails" }
local img = untar "img" { "image.tar", sha256 = "$sum", rootfs = true }
local token = option.string { "sdk.token", "none", "of the portal" }
local bad = run_in_container "bad" { "sh", "-c", "echo from $HOME/x; echo https://jane:pw@host/f; echo TOKEN=abc123; echo says " .. token .. "; exit 1", toolchain = img }
return bad
LUA
}

@test "it holds recipe, plan, doctor, manifest, versions, and the failed step's log; and says so" {
  make_failing
  echo 'CONFIG_PCIEAER=y' >board.config
  sed -i 's/^return bad/return { bad, kconfig_append "asked" { ".config", symbols = { fragment "board.config" } } }/' fail.lua
  no jkr run -q fail.lua
  run jkr log fail.lua --support bug.tar.zst
  [ "$status" = 0 ]
  for file in recipe-fail.lua recipe-board.config plan.json doctor.json manifest.json versions.txt log-bad.txt; do
    [[ $output == *"$file"* ]]
    tar -tf bug.tar.zst | grep -qx "jkr-support/$file"
  done
  tar -xf bug.tar.zst
  grep -q 'exit 1' jkr-support/recipe-fail.lua
  json 'd["recipe"]' <jkr-support/plan.json | grep -qx fail
  json 'len(d["checks"]) > 3' <jkr-support/doctor.json | grep -qx True
  grep -q '^jkr [0-9]' jkr-support/versions.txt
  [ "$(stat -c %a bug.tar.zst)" = 600 ]
}

@test "home, names, logins, tokens and the environment are left out" {
  make_failing
  export SECRET_IN_ENVIRONMENT=topsecret
  no jkr run -q fail.lua -D sdk.token=q7w8e9
  jkr log fail.lua --support bug.tar -D sdk.token=q7w8e9
  tar -xf bug.tar
  grep -q 'from ~/x' jkr-support/log-bad.txt
  grep -q 'https://\*\*\*\*\*\*\*@host/f' jkr-support/log-bad.txt
  grep -q 'TOKEN=\*\*\*\*\*\*$' jkr-support/log-bad.txt
  for secret in "$HOME" jane:pw abc123 q7w8e9 topsecret; do no grep -rqF -- "$secret" jkr-support; done
}

@test "a recipe that does not load is in it with its mistake, and a wrong name is refused" {
  make_failing
  echo 'nonsense(' >>fail.lua
  jkr log fail.lua --support bug.tar.gz
  tar -xf bug.tar.gz
  grep -q '^nonsense' jkr-support/recipe-fail.lua
  grep -q 'error\[E00' jkr-support/plan.json.err
  run jkr log fail.lua --support bug.rar
  [ "$status" = 2 ] && [[ $output == *E1003* ]] || return 1
}

@test "the same state gives the same archive" {
  make_failing
  no jkr run -q fail.lua
  jkr log fail.lua --support a.tar
  jkr log fail.lua --support b.tar
  cmp a.tar b.tar
}
