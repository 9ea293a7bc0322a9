#!/usr/bin/env bats
# Signatures over recipes: jkr sign and verify of a repository, as minisign and ssh-keygen see it, and imports that
# `trusted_keys` let in.

load helper
load git

keys() {
  openssl genpkey -algorithm ed25519 -out key.pem 2>/dev/null && openssl pkey -in key.pem -pubout -out pub.pem
  minisign -G -W -f -p mini.pub -s mini.key >/dev/null && chmod 600 mini.key
  ssh-keygen -q -t ed25519 -N '' -C someone -f ssh.key
  ssh-keygen -q -t ed25519 -N '' -C else -f other.key
  chmod 600 key.pem
}

# part: srv/up holds a recipe, its words in tests/e2e/git.bash
part() {
  upstream 0
  echo 'return write "w" { path = "a", text = "b" }' >srv/up/part.lua
  printf '#!/bin/sh\n' >srv/up/tool.sh && chmod +x srv/up/tool.sh && ln -s part.lua srv/up/link.lua
  states_all
  commit part
}

# sign KEY: signs srv/up and commits that
sign() {
  rm -f srv/up/jkr.content.*
  jkr sign srv/up "$1"
  git -C srv/up add -A && git -C srv/up commit -qm signed
}

# trust KEY…: the project's jkr.yaml
trust() {
  echo trusted_keys: >jkr.yaml
  for key; do echo "  - $(tail -n1 "$key")" >>jkr.yaml; done
}

@test "what one signs the other checks: jkr, minisign and ssh-keygen" {
  keys
  part
  run jkr sign srv/up key.pem
  echo "$output"
  [[ $output == *srv/up/jkr.content*srv/up/jkr.content.minisig*'trusted_keys: [RW'* ]]
  public=$(grep -o 'RW[^]]*' <<<"$output")
  minisign -V -q -m srv/up/jkr.content -P "$public"
  git -C srv/up add -A && git -C srv/up commit -qm signed
  jkr verify srv/up --pubkey pub.pem | grep -q 'is as it was signed'
  echo "trusted_keys: $public" >jkr.yaml && jkr verify srv/up
  # signed again it is the same content: the files that say so are not part of it
  cp srv/up/jkr.content before && sign mini.key && cmp before srv/up/jkr.content
  minisign -V -q -m srv/up/jkr.content -p mini.pub
  jkr verify srv/up --pubkey mini.pub
  run jkr verify srv/up
  [ "$status" = 3 ]
  [[ $output == *'not by a key that is trusted'* ]]
  # minisign signs, hashed and in the old way
  for how in '' -l; do
    # shellcheck disable=SC2086
    minisign -S $how -m srv/up/jkr.content -s mini.key -t 'our comment' >/dev/null
    git -C srv/up add -A && git -C srv/up commit -qm signed --allow-empty
    jkr verify srv/up --pubkey mini.pub
  done
  sed -i 's/our comment/her comment/' srv/up/jkr.content.minisig
  git -C srv/up commit -qam comment
  run jkr verify srv/up --pubkey mini.pub
  [ "$status" = 3 ]
  [[ $output == *'trusted comment'*'was changed'* ]]
  # ssh
  sign ssh.key
  ssh-keygen -Y check-novalidate -n jkr -s srv/up/jkr.content.sig <srv/up/jkr.content
  jkr verify srv/up --pubkey ssh.key.pub
  run jkr verify srv/up --pubkey other.key.pub
  [ "$status" = 3 ]
  ssh-keygen -q -Y sign -n file -f ssh.key srv/up/jkr.content <<<y 2>/dev/null && git -C srv/up commit -qam file
  run jkr verify srv/up --pubkey ssh.key.pub
  echo "$output"
  [ "$status" = 3 ]
  [[ $output == *'was not made for jkr'* ]]
  # a folder in the repository means all of it
  mkdir -p srv/up/deep && jkr sign srv/up/deep key.pem -q && [ ! -e srv/up/deep/jkr.content ] && rmdir srv/up/deep
  git -C srv/up checkout -q -f main && git -C srv/up clean -qfd
  # a key of another kind, one with a password, a folder without a commit, changes that are not committed
  ssh-keygen -q -t rsa -N '' -f rsa.key && sign rsa.key
  run jkr verify srv/up --pubkey ssh.key.pub
  [[ $output == *'a key of the kind `ssh-rsa`'* ]]
  mkdir empty
  run jkr sign empty key.pem
  [ "$status" = 2 ]
  [[ $output == *E1209* ]]
  echo more >>srv/up/part.lua
  run jkr sign srv/up key.pem
  [[ $output == *'changes that are not committed'* ]]
}

@test "trusted_keys: what nobody signed is refused before a file of it is laid out" {
  keys
  part
  serve
  echo "return use \"git+$url//part.lua\" { }" >r.lua
  trust ssh.key.pub mini.pub
  run jkr run r.lua -o out
  echo "$output"
  [ "$status" = 3 ]
  [[ $output == *'E0922'*'is not signed, and `trusted_keys` are set'*'r.lua:1'* ]]
  [ -z "$(ls "$JKR_STORE/imports" 2>/dev/null)" ] && [ ! -e out ] && [ ! -e jkr.lock ]
  # by another key
  sign other.key
  run jkr run r.lua -o out
  echo "$output"
  [ "$status" = 3 ]
  [[ $output == *'E0922'*'not by a key that is trusted'* ]]
  [ -z "$(ls "$JKR_STORE/imports" 2>/dev/null)" ]
  # by each of those that are trusted, and what the files of a signature are is no content
  for key in ssh.key mini.key; do
    rm -rf out jkr.lock && sign "$key"
    jkr run r.lua -q -o out && [ "$(cat out/a)" = b ]
  done
  [ -z "$(find "$JKR_STORE/imports" -name 'jkr.content*')" ]
  jkr run r.lua -q --offline --locked
  # something is changed behind the signature: bytes, a bit, where a link leads, a name
  for change in 'echo x >>srv/up/part.lua' 'chmod -x srv/up/tool.sh' 'ln -sf tool.sh srv/up/link.lua' 'touch srv/up/new'; do
    git -C srv/up checkout -q -f main && git -C srv/up clean -qfd
    eval "$change"
    git -C srv/up checkout -q --detach && git -C srv/up add -A && git -C srv/up commit -qm change && git -C srv/up branch -f other HEAD
    echo "return use \"git+$url//part.lua?ref=other\" { }" >w.lua
    run jkr run w.lua -o stolen
    echo "$change: $output"
    [ "$status" = 3 ]
    [[ $output == *'E0922'*'does not hold what was signed'* ]]
    [ ! -e stolen ]
  done
}

@test "trusted_keys that come later count for what the store has, and for a kept plan" {
  keys
  part
  serve
  echo "return use \"git+$url//part.lua\" { }" >r.lua
  jkr run r.lua -q -o out && jkr run r.lua -q -o out
  trust ssh.key.pub
  run jkr run r.lua -o out
  [ "$status" = 3 ]
  sign ssh.key
  run jkr run r.lua -o out # jkr.lock has the commit that nobody signed
  [ "$status" = 3 ]
  jkr update r.lua -q
  jkr run r.lua -q -o out && jkr run r.lua -q -o out
  trust other.key.pub
  run jkr run r.lua -o out
  [ "$status" = 3 ]
  # the user's own configuration, and what is no key
  rm jkr.yaml && mkdir -p "$work/.config/jkr" && echo "trusted_keys: [$(cat ssh.key.pub)]" >"$work/.config/jkr/config.yaml"
  XDG_CONFIG_HOME=$work/.config jkr run r.lua -q -o out
  echo "trusted_keys: [$(cat other.key.pub)]" >"$work/.config/jkr/config.yaml"
  XDG_CONFIG_HOME=$work/.config run jkr run r.lua
  [ "$status" = 3 ]
  echo 'trusted_keys: []' >jkr.yaml # takes none away
  XDG_CONFIG_HOME=$work/.config run jkr run r.lua
  [ "$status" = 3 ]
  echo 'trusted_keys: [RWnothing]' >jkr.yaml
  run jkr run r.lua
  echo "$output"
  [ "$status" = 2 ]
  [[ $output == *'is no public key'*'jkr.yaml:1'* ]]
}

@test "an import of an import is signed as well; an update that brings what nobody signed changes nothing" {
  keys
  part
  serve
  git init -q -b main srv/base && echo 'return write "base" { path = "base", text = "base" }' >srv/base/base.lua
  cp srv/up/jkr.yaml srv/base && git -C srv/base add . && git -C srv/base commit -qm base
  echo "return use \"git+${url%up}base//base.lua\" { }" >srv/up/part.lua && commit uses
  sign ssh.key
  trust ssh.key.pub
  echo "return use \"git+$url//part.lua\" { }" >r.lua
  run jkr run r.lua -o out
  echo "$output"
  [ "$status" = 3 ]
  [[ $output == *'/base` is not signed'* ]]
  echo 'return write "w" { path = "a", text = "b" }' >srv/up/part.lua && commit alone && sign ssh.key
  jkr run r.lua -q -o out
  cp jkr.lock before
  echo 'return write "w" { path = "a", text = "evil" }' >srv/up/part.lua && commit evil
  run jkr update r.lua
  echo "$output"
  [ "$status" = 3 ]
  cmp jkr.lock before
}
