#!/usr/bin/env bats
# bisect: which patch, symbol, commit or parameter between two runs makes the second fail.

load helper

# patches FOLDER FROM TO [BAD]: a series in which each patch adds a line of its own file; that of BAD adds `broken`
patches() {
  local i text
  mkdir -p "$1/patches"
  : >"$1/patches/series"
  for ((i = $2; i <= $3; i++)); do
    text=line
    [ "$i" != "${4:-}" ] || text=broken
    printf -- '--- a/f%02d\n+++ b/f%02d\n@@ -1 +1,2 @@\n f%02d\n+%s %d\n' "$i" "$i" "$i" "$text" "$i" >"$1/patches/$(printf 'p%02d.patch' "$i")"
    printf 'p%02d.patch\n' "$i" >>"$1/patches/series"
  done
}

# source: file.tar with f01 to f64, in ./good and ./bad
source_tree() {
  local i
  mkdir good bad pkg
  for i in $(seq -w 64); do echo "f$i" >"pkg/f$i"; done
  tar -cf good/file.tar pkg
  cp good/file.tar bad
  rm -r pkg
  sum=$(sha256sum good/file.tar | cut -d' ' -f1)
}

# series_recipe: a tree with its series, and a script that judges what it makes
series_recipe() {
  source_tree
  patches good 1 2
  patches bad 1 64 "${1:-37}"
  cat >good/r.lua <<LUA
recipe "series" { version = "1", license = "MIT", summary = "a series of patches" }
return tree "src" { untar { "file.tar", sha256 = "$sum", strip = 1 }, patch { series = "patches/series" } }
LUA
  cp good/r.lua bad
  judge '! grep -rq broken "$1"'
}

@test "one bad patch among 64 is found and named, in eight builds" {
  series_recipe
  jkr bisect -n good/r.lua bad/r.lua | sed -n '$p' | grep -qx 'patch `p64.patch` in step `src/2-patch`'
  [ ! -e "$JKR_STORE" ]
  mkdir tmp
  TMPDIR=$PWD/tmp run jkr bisect good/r.lua bad/r.lua --script judge.sh
  echo "$output"
  [ "$status" = 0 ]
  # what the script was given goes with it
  [ -z "$(find tmp "$JKR_STORE/tmp" -mindepth 1)" ]
  grep -qx '62 changes between `good/r.lua` and `bad/r.lua`' <<<"$output"
  grep -qx 'patch `p37.patch` in step `src/2-patch`' <<<"$output"
  grep -qE '^62 changes, [678] builds: [0-9] good, [0-9] bad$' <<<"$output"
  # the lock and the project are as they were
  [ -z "$(find . -newer judge.sh -name jkr.lock)" ]
}

@test "what was judged is known when the command is started again; --fresh asks again" {
  series_recipe
  printf '#!/bin/sh\necho run >>%q/asked\n! grep -rq broken "$1"\n' "$PWD" >judge.sh
  jkr bisect good/r.lua bad/r.lua --script judge.sh -q
  n=$(wc -l <asked)
  jkr bisect good/r.lua bad/r.lua --script judge.sh --format json | json '[(p["known"], d["found"][0][0]["name"]) for p in d["probes"]][-1]' |
    grep -qxF "(True, 'p37.patch')"
  [ "$(wc -l <asked)" = "$n" ]
  jkr bisect good/r.lua bad/r.lua --script judge.sh -q --fresh
  [ "$(wc -l <asked)" = $((2 * n)) ]
  # another script is another judge
  echo '# another' >>judge.sh
  jkr bisect good/r.lua bad/r.lua --script judge.sh -q
  [ "$(wc -l <asked)" = $((3 * n)) ]
}

@test "interrupted in a probe, it goes on where it was" {
  series_recipe
  cat >judge.sh <<SH
#!/bin/sh
echo run >>"$PWD/asked"
[ \$(wc -l <"$PWD/asked") != 4 ] || { touch "$PWD/waits"; sleep 30; }
! grep -rq broken "\$1"
SH
  setsid "$JKR" bisect good/r.lua bad/r.lua --script judge.sh 2>told &
  pid=$!
  until_true test -e waits
  kill -INT -- "-$pid"
  status=0
  wait "$pid" || status=$?
  cat told
  [ "$status" = 130 ]
  grep -qx 'interrupted: the same command goes on from here' told
  run jkr bisect good/r.lua bad/r.lua --script judge.sh
  [ "$status" = 0 ]
  grep -qx 'patch `p37.patch` in step `src/2-patch`' <<<"$output"
  grep -q '; 3 were known from before$' <<<"$output"
}

@test "patches that do not apply one without the other are gone around" {
  series_recipe 40
  # what p30 to p33 add, p34 changes back: between them the tree does not build
  for i in 30 31 32 33; do sed -i "s/^+line/+unbuilt/" "bad/patches/p$i.patch"; done
  printf -- '--- a/f30\n+++ b/f30\n@@ -1,2 +1,2 @@\n f30\n-unbuilt 30\n+line 30\n--- a/f31\n+++ b/f31\n@@ -1,2 +1,2 @@\n f31\n-unbuilt 31\n+line 31\n--- a/f32\n+++ b/f32\n@@ -1,2 +1,2 @@\n f32\n-unbuilt 32\n+line 32\n--- a/f33\n+++ b/f33\n@@ -1,2 +1,2 @@\n f33\n-unbuilt 33\n+line 33\n' >bad/patches/p34.patch
  printf '#!/bin/sh\ngrep -rq unbuilt "$1" && exit 125\n! grep -rq broken "$1"\n' >judge.sh
  run jkr bisect good/r.lua bad/r.lua --script judge.sh
  echo "$output"
  [ "$status" = 0 ]
  grep -qx 'patch `p40.patch` in step `src/2-patch`' <<<"$output"
  grep -q 'that cannot be told$' <<<"$output"
}

# symbols_recipe: 40 symbols that one option asks for; a check that fails on S17, in a sandbox
symbols_recipe() {
  make_image grep
  printf 'if grep -q ^CONFIG_S17= /jkr/asked/.config; then exit 1; fi\necho ok >ok\n' >boot.sh
  {
    head_of
    cat <<'LUA'
local more = option.bool { "more", false, "forty symbols" }
local asked = { BASE = y }
if more then
  for i = 1, 40 do asked[("S%02d"):format(i)] = i % 2 == 0 and y or i end
end
local config = kconfig_append "config" { ".config", symbols = asked }
local boot = run_in_container "boot" {
  toolchain = img, mounts = { ["/jkr/asked"] = config }, check = true,
  script = "boot.sh",
}
return config
LUA
  } >c.lua
}

@test "one bad symbol among 40, by the check that fails in the second run" {
  symbols_recipe
  run jkr bisect c.lua 'c.lua -D more=true'
  echo "$output"
  [ "$status" = 0 ]
  grep -qx 'symbol `S17` in step `config`: not there → 17' <<<"$output"
  grep -q '^40 changes, [89] builds: ' <<<"$output"
  run jkr bisect 'c.lua -D more=true' c.lua
  [ "$status" = 2 ]
  [[ $output == *'nothing fails in `c.lua`'* ]]
  run jkr bisect 'c.lua -D more=true' c.lua --judge boot
  [ "$status" = 3 ]
  [[ $output == *'`c.lua` is not bad: `boot` holds'* ]]
}

@test "two symbols that are bad only together are both named" {
  symbols_recipe
  printf 'grep -q ^CONFIG_S09= /jkr/asked/.config && grep -q ^CONFIG_S33= /jkr/asked/.config && exit 1\necho ok >ok\n' >boot.sh
  run jkr bisect c.lua 'c.lua -D more=true'
  echo "$output"
  [ "$status" = 0 ]
  grep -qx 'symbol `S09` in step `config`: not there → 9' <<<"$output"
  grep -qx 'together with' <<<"$output"
  grep -qx 'symbol `S33` in step `config`: not there → 33' <<<"$output"
}

@test "a commit of a repository, between the two that are checked out" {
  mkdir -p repo good bad
  export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b
  git init -q -b main repo
  for i in $(seq 20); do
    echo "$i" >"repo/f$i"
    [ "$i" != 13 ] || echo broken >repo/f13
    git -C repo add . && git -C repo commit -qm "change $i"
  done
  first=$(git -C repo rev-list --reverse HEAD | head -1) last=$(git -C repo rev-parse HEAD)
  for side in "good $first" "bad $last"; do
    read -r folder commit <<<"$side"
    cat >"$folder/r.lua" <<LUA
return git_checkout "src" { "file://$PWD/repo", commit = "$commit" }
LUA
  done
  judge '! grep -rq broken "$1"'
  run jkr bisect good/r.lua bad/r.lua --script judge.sh
  echo "$output"
  [ "$status" = 0 ]
  grep -q '^commit `[0-9a-f]\{12\} change 13` in step `src`$' <<<"$output"
  grep -q '^19 changes, ' <<<"$output"
}

@test "a parameter, a file and a patch that was replaced; the step that does not compile is the judge" {
  source_tree
  patches good 1 8
  patches bad 1 8 5
  for side in good bad; do
    cat >$side/r.lua <<LUA
local word = option.string { "word", "fine", "what is written" }
local src = tree "src" { untar { "file.tar", sha256 = "$sum", strip = 1 }, patch { "patches/*.patch" } }
local note = write "note" { path = "note", text = word }
return { src, note, file_check { note, present = "note", contains = "fine" } }
LUA
  done
  judge '! grep -rq broken "$1"'
  run jkr bisect good/r.lua bad/r.lua --script judge.sh
  echo "$output"
  grep -qx 'patch `p05.patch` in step `src/2-patch`, which is another now' <<<"$output"
  run jkr bisect good/r.lua 'bad/r.lua -D word=rotten'
  echo "$output"
  [ "$status" = 0 ]
  grep -qx 'parameter `text` in step `note`: "fine" → "rotten"' <<<"$output"
}

@test "a line of jkr.lock, and a step that only one recipe has" {
  mkdir repo good bad
  export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b
  git init -q -b main repo
  echo fine >repo/f && git -C repo add . && git -C repo commit -qm one
  cat >good/r.lua <<LUA
return { git_checkout "src" { "file://$PWD/repo", ref = "main" }, write "w" { path = "w", text = "x" } }
LUA
  cp good/r.lua bad
  touch good/jkr.yaml bad/jkr.yaml
  jkr run good/r.lua -q
  echo broken >repo/f && git -C repo commit -qam two
  jkr run bad/r.lua -q
  no cmp -s good/jkr.lock bad/jkr.lock
  sha256sum good/jkr.lock bad/jkr.lock >sums
  judge '! grep -rq broken "$1"'
  run jkr bisect good/r.lua bad/r.lua --script judge.sh
  echo "$output"
  [ "$status" = 0 ]
  grep -q '^pin `git:.*`: [0-9a-f]\{40\} → [0-9a-f]\{40\}$' <<<"$output"
  sed -i 's/write "w".*/write "w" { path = "w", text = "y" }, write "v" { path = "v", text = "broken" } }/' bad/r.lua
  cp good/jkr.lock bad
  run jkr bisect good/r.lua bad/r.lua --script judge.sh
  echo "$output"
  [ "$status" = 0 ]
  grep -qx 'steps that only one recipe has: not there → v' <<<"$output"
  sha256sum --quiet -c <(head -1 sums)
}

@test "no state is tried twice, and the JSON has what was found, the judge and every build" {
  symbols_recipe
  jkr run c.lua -q
  jkr bisect c.lua 'c.lua -D more=true' --format json >found.json
  [ "$(json '[len(d["probes"]) < 10, d["probes"][0]["verdict"], d["probes"][1]["verdict"]]' <found.json)" = "[True, 'bad', 'good']" ]
  [ "$(json 'd["found"][0][0]["a"], d["found"][0][0]["b"], d["proven"], d["judge"]' <found.json)" = "(None, '17', True, 'boot')" ]
}

@test "a patch that was taken away; a series with -p0 is one change" {
  source_tree
  patches good 1 8
  patches bad 1 8
  sed -i /p03/d bad/patches/series
  sed -i 's/^+line/+other/' bad/patches/p06.patch
  cat >good/r.lua <<LUA
return tree "src" { untar { "file.tar", sha256 = "$sum", strip = 1 }, patch { series = "patches/series" } }
LUA
  cp good/r.lua bad
  judge 'grep -q line "$1/f03"'
  run jkr bisect good/r.lua bad/r.lua --script judge.sh
  echo "$output"
  [ "$status" = 0 ]
  grep -qx 'patch `p03.patch` in step `src/2-patch`, taken away' <<<"$output"
  grep -q '^2 changes, ' <<<"$output"
  sed -i '1s/$/ -p1 -R/' bad/patches/series
  run jkr bisect -n good/r.lua bad/r.lua
  echo "$output"
  [ "${lines[0]}" = '1 change between `good/r.lua` and `bad/r.lua`' ]
  [[ $output == *'parameter `series` in step `src/2-patch`'* ]]
  # what a series lists, and what a pattern matches, is compared as well
  cp bad/patches/series good/patches/series
  jkr bisect -n good/r.lua bad/r.lua | grep -q '^parameter `series` in step `src/2-patch`: .*p06.patch'
  sed -i 's/^return.*/return copy "c" { "patches\/*.patch" }/' good/r.lua bad/r.lua
  jkr bisect -n good/r.lua bad/r.lua | grep -q '^parameter `source.*p06.patch'
}

@test "what neither the recipe nor the state is to blame for ends the search, and is not remembered" {
  echo fine >fine && echo broken >broken
  cat >r.lua <<LUA
local word = option.choice { "word", { "fine", "broken" }, "which" }
local pins = { fine = "$(sha256sum fine | cut -d' ' -f1)", broken = "$(sha256sum broken | cut -d' ' -f1)" }
return { fetch "f" { url = "http://127.0.0.1:9/" .. word, sha256 = pins[word] } }
LUA
  judge '! grep -rq broken "$1"'
  run jkr bisect r.lua 'r.lua -D word=broken' --script judge.sh --offline
  echo "$output"
  [ "$status" = 5 ]
  [[ $output == *'--offline'* ]]
  run jkr bisect r.lua 'r.lua -D word=broken' --script judge.sh
  echo "$output"
  [ "$status" = 7 ]
  sed -i "s|http://127.0.0.1:9|file://$PWD|" r.lua
  jkr bisect r.lua 'r.lua -D word=broken' --script judge.sh -q
}

@test "subjects of commits are shown, not obeyed by the terminal" {
  export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b
  git init -q -b main repo
  for i in 1 2 3; do echo "$i" >repo/f && git -C repo add . && git -C repo commit -qm "$(printf 'n%d \033]0;evil\007' "$i")"; done
  cat >r.lua <<LUA
local new = option.bool { "new", false, "the new one" }
local src = git_checkout "src" { "file://$PWD/repo", commit = new and "$(git -C repo rev-parse main)" or "$(git -C repo rev-parse main~2)" }
return { src, file_check { src, present = "f", contains = "1" } }
LUA
  run jkr bisect r.lua 'r.lua -D new=true'
  echo "$output"
  [ "$status" = 0 ]
  [[ $output == *'commit `'*' n2 \x1b]0;evil\x07` in step `src`'* ]]
  [[ $output != *$'\033'* ]]
  run jkr bisect -n r.lua 'r.lua -D new=true'
  [ "$status" = 0 ]
  [[ ${lines[0]} =~ ^'note: with -n the commits between '[0-9a-f]{12}' and '[0-9a-f]{12}' are not asked for, and count as one change'$ ]]
}
