#!/usr/bin/env bats
# jkr.lock in two branches: what git merges by itself, and what jkr says of a merge that took too much.
load helper

# shellcheck disable=SC2154
setup_branches() {
  export GIT_CONFIG_NOSYSTEM=1 HOME=$work GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b
  git init -q -b main .
  touch jkr.yaml
  adds c
  adds k
  git branch one
}

# recipe NAME: with one input of that name, whose hash is $sum
recipe() {
  echo "$1" >"$work/$1"
  sum=$(sha256sum <"$work/$1" | cut -d' ' -f1)
  echo "return fetch \"$1\" { \"file://$work/$1\", sha256 = \"$sum\" }" >"$1.lua"
}

# adds NAME: such a recipe and its line in jkr.lock, as a commit
adds() {
  recipe "$1"
  jkr lock "$1.lua"
  git add -A
  git commit -qm "$1"
}

# holds NAME…: jkr.lock has those inputs and no others, and a recipe of each is content with it
holds() {
  local name
  [ "$(json '" ".join(k.split("/")[-1] for k in sorted(d["inputs"]) if k)' <jkr.lock)" = "$*" ] || {
    cat jkr.lock
    return 1
  }
  for name; do jkr lock "$name.lua" --locked || return 1; done
}

@test "two branches that each add an input are merged by git, also where one is added behind the last" {
  setup_branches
  adds m # behind the last line
  git checkout -q one
  adds f # before what was the last line
  git merge -q -m merged main
  holds c f k m
}

@test "inputs added at one place: git asks, or takes both where it is told merge=union" {
  setup_branches
  adds m
  git checkout -q one
  adds n
  run git merge -m merged main
  [ "$status" = 1 ]
  run jkr lock m.lua
  echo "$status $output"
  [ "$status" = 2 ]
  [[ $output == *"error[E0903]: \`jkr.lock\` holds the marks of a merge conflict"* ]]
  git merge --abort
  echo 'jkr.lock merge=union' >.gitattributes
  git add -A && git commit -qm attributes
  git merge -q -m merged main
  holds c k m n
  # one input that both branches moved is nobody's guess
  git checkout -q -b two
  sed -i 's,\(/c": {"pin": "sha256:\)....,\10000,' jkr.lock && git commit -qam two
  git checkout -q one
  sed -i 's,\(/c": {"pin": "sha256:\)....,\11111,' jkr.lock && git commit -qam one
  git merge -q -m merged two
  run jkr lock c.lua
  echo "$status $output"
  [ "$status" = 2 ]
  [[ $output == *E090*"/c\` twice"* ]]
}

@test "a lock of before, whose last line has no comma, is read, and written as it is now" {
  recipe k && recipe c
  printf '{\n  "version": 1,\n  "inputs": {\n    "url:file://%s/c": {"pin": "sha256:%s bytes:2"}\n  }\n}\n' "$work" "$sum" >jkr.lock
  cp jkr.lock before
  touch jkr.yaml
  jkr lock c.lua --locked
  cmp jkr.lock before # nothing new: not touched
  jkr lock k.lua
  holds c k
  [ "$(tail -n 3 jkr.lock)" = $'    "": "end"\n  }\n}' ]
}
