#!/usr/bin/env bats
# b4: series that an archive of mails has, by Debian's b4 from a real web server.

load helper
load archive
bats_require_minimum_version 1.5.0

teardown() {
  [ -z "${archive:-}" ] || stop_archive
  cd /
  chmod -R u+rwx "$work" 2>/dev/null
  rm -rf "$work"
}

# reviewed: the thread with a reply to its first patch
reviewed() { reply 1 Rev 'Tue, 2 Jan 2024 10:00:00 +0000' 'Reviewed-by: Rev <rev@example.org>'; }


@test "a thread with a cover letter and a reply ends as b4 am and git am end it" {
  start_archive
  make_thread
  reviewed
  publish
  TMPDIR=$PWD b4 -n am -C -o - "$id" >want.mbx 2>said
  [ "$(grep -c '^Subject: ' want.mbx)" = 3 ]
  git -C repo worktree add -q ../am base
  git -C am am -q ../want.mbx

  recipe_of r "$id"
  jkr run r.lua -q -o out
  diff out/a.c am/a.c && diff out/b.c am/b.c && diff out/new.c am/new.c
  grep -q "\"b4:$id\": {\"pin\": \"sha256:$(sha256sum <want.mbx | cut -d' ' -f1) bytes:$(stat -c%s want.mbx)\"}" jkr.lock
  for n in 1 2 3; do
    jkr log r.lua fix | grep -qE "^series.mbx#$n .* Ann <ann@example.org> +a: change $n"
  done
  [ "$(git -C am log -3 --format=%an%ae | sort -u)" = Annann@example.org ]
  jkr log r.lua series | grep -q 'Checking attestation on all messages'
  jkr log r.lua series | grep -qF '    + Reviewed-by: Rev <rev@example.org>'

  # the address leads there, whatever server the configuration names
  git config --global b4.midmask 'http://127.0.0.1:1/all/%s'
  for end in '' / '/T/#u' /raw; do
    recipe_of r "http://127.0.0.1:$port/all/${id/@/%40}$end"
    jkr run r.lua -q -o out
    diff out/a.c am/a.c
  done
  [ "$(grep -c "sha256:$(sha256sum <want.mbx | cut -d' ' -f1)" jkr.lock)" = 5 ]

  # what the recipe pins itself needs no line
  rm jkr.lock
  recipe_of r "http://127.0.0.1:$port/all/$id/" ", name = \"mine.mbox\", sha256 = \"$(sha256sum <want.mbx | cut -d' ' -f1)\""
  sed -i s/series.mbx/mine.mbox/ r.lua
  jkr run r.lua -q -o out --locked
  [ ! -e jkr.lock ]
}

@test "another reply later is an error by the lock, and jkr update takes it" {
  start_archive
  make_thread
  reviewed
  publish
  recipe_of r "$id"
  jkr lock r.lua -q
  cp jkr.lock first
  reply 2 Tia 'Tue, 2 Jan 2024 11:00:00 +0000' 'Tested-by: Tia <tia@example.org>'
  publish
  run jkr run r.lua -q -o out
  [ "$status" = 1 ]
  [[ $output = *"error[E0905]: the thread \`$id\` gives another mailbox than jkr.lock pins"* ]]
  [[ $output = *"b4 adds now: Tested-by: Tia <tia@example.org>"*"run \`jkr update\`"* ]]
  [ ! -e out ]
  run jkr run r.lua -q -o out --locked
  [ "$status" = 1 ]
  diff first jkr.lock
  jkr update r.lua "$id" | grep -q '^  now sha256:'
  jkr run r.lua -q -o out --locked
  jkr log r.lua series | grep -qF '    + Tested-by: Tia'

  # a reply that says nothing of the patches changes nothing
  reply 3 Zoe 'Tue, 2 Jan 2024 12:00:00 +0000' 'Nice.'
  publish
  cp jkr.lock second
  jkr update r.lua -q
  diff second jkr.lock
}

@test "trailers stand in the order in which they were written, whatever order the archive and the disk have" {
  start_archive
  make_thread
  for n in 1 2 3 4 5 6; do
    reply 1 "Rev$n" "Tue, 2 Jan 2024 10:0$n:00 +0$((n % 2))00" "Reviewed-by: Rev$n <rev$n@example.org>"
  done
  publish
  recipe_of r "$id"
  jkr run r.lua -q
  jkr log r.lua series | grep -o 'Reviewed-by: Rev.' | tr -cd '0-9' >order
  [ "$(cat order)" = 135246 ]
  cp jkr.lock first
  publish -r
  JKR_STORE=$work/other TMPDIR=/dev/shm jkr run r.lua -q
  diff first jkr.lock
}

@test "what is in the store needs no server, and a server that is down is named" {
  start_archive
  make_thread
  reviewed
  publish
  recipe_of r "$id"
  jkr run r.lua -q -o out
  stop_archive
  jkr run r.lua -q -o again && diff -r out again
  jkr run r.lua -q -o again --offline --locked
  export JKR_STORE=$work/fresh
  run -7 jkr run r.lua -q
  [[ $output = *"error[E0904]: b4 did not get the thread \`$id\`: Connection refused"*"b4.midmask"* ]]
  run jkr run r.lua -q --offline
  [[ $output = *"error[E0913]: the archive would be asked for the thread"* ]]
  rm jkr.lock
  run -7 jkr lock r.lua
  [[ $output = *"error[E0904]: b4 did not get"* ]]
  run jkr plan r.lua --offline
  [[ $output = *"error[E0913]"*"jkr.lock then has its mailbox"* ]]
  run jkr run r.lua --locked
  [[ $output = *"error[E1010]: \`b4:$id\` is not in jkr.lock"* ]]
}

@test "a mail that the archive lacks, a thread without patches, a series without its second one" {
  start_archive
  make_thread
  publish
  recipe_of r "20990102030405.1-1-ann@example.org"
  run -1 jkr run r.lua -q
  [[ $output = *"error[E0925]: the archive has no mail \`20990102030405.1-1-ann@example.org\`"* ]]

  mv mails/0002* .
  publish
  recipe_of r "$id"
  run -1 jkr run r.lua -q
  [[ $output = *"error[E0925]: the archive lacks a patch of the series \`$id\`: [2/3] is missing"* ]]

  rm mails/000[123]*
  publish
  run -1 jkr run r.lua -q
  [[ $output = *"error[E0925]: b4 finds no whole series of patches in the thread \`$id\`"* ]]
  [ ! -e jkr.lock ]

  printf 'a page for people' >"$archive/www/all/$id/t.mbox.gz"
  run -7 jkr run r.lua -q
  [[ $output = *"error[E0904]: b4 did not get the thread \`$id\`: gzip.BadGzipFile: Not a gzipped file"* ]]
}

@test "without b4 the package that has it is named" {
  make_thread
  mkdir bin
  for tool in /bin/* /usr/bin/*; do [ "${tool##*/}" = b4 ] || ln -sf "$tool" bin/; done
  touch jkr.yaml
  recipe_of r "$id"
  PATH=$PWD/bin run -6 jkr run r.lua -q
  [[ $output = *"error[E1140]: there is no \`b4\` here"*"help: apt install b4"* ]]
  PATH=$PWD/bin run jkr doctor
  [[ $output = *"absent  b4 "*"mend: apt install b4"* ]]
}

@test "what the user set for b4 changes no patch, and b4 leaves nothing behind" {
  start_archive
  make_thread
  reviewed
  reply 1 Tia 'Tue, 2 Jan 2024 11:00:00 +0000' 'Tested-by: Tia <tia@example.org>'
  publish
  recipe_of r "$id"
  jkr lock r.lua -q
  cp jkr.lock first
  rm jkr.lock
  mkdir tmp
  git config --global b4.trailer-order 'Tested-by,*'
  git config --global b4.trailers-ignore-from rev@example.org
  git config --global b4.save-maildirs yes
  git config --global user.name Ann && git config --global user.email ann@example.org
  git init -q .
  printf '[b4]\n\tmidmask = http://127.0.0.1:1/all/%%s\n\ttrailer-order = Tested-by,*\n' >.b4-config
  git config --global --unset b4.midmask
  recipe_of r "http://127.0.0.1:$port/all/$id/"
  HOME=$work XDG_CACHE_HOME=$work/cache TMPDIR=$PWD/tmp jkr lock r.lua -q
  [ "$(grep -o 'sha256:.*' jkr.lock)" = "$(grep -o 'sha256:.*' first)" ]
  [ -z "$(ls tmp)" ]
  [ ! -e "$work/cache" ] && [ ! -e "$work/.cache" ] && [ ! -e "$work/.local" ]
}

@test "sources that are taken away hold the mailbox" {
  start_archive
  make_thread
  reviewed
  publish
  recipe_of r "$id"
  touch jkr.yaml
  rm -rf repo
  jkr export r.lua --sources -q -o "$work/r.tar"
  stop_archive
  cd "$work"
  jkr import r.tar there -q
  JKR_STORE=$work/fresh jkr run there/r.lua -q --offline --locked -o out
  grep -q 'patched 3' out/a.c
}
