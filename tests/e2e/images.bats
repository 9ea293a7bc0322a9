#!/usr/bin/env bats
# jkr export --sources of recipes whose images are made of Debian packages: they build without a network, apt and
# mmdebstrap, in an empty store, from the very bytes that jkr.lock says.

load helper

# cut_off COMMAND…: without a network
cut_off() { unshare -rn -- "$@"; }

# bare COMMAND…: the same where neither apt nor mmdebstrap is
bare() {
  mkdir -p "$work/none"
  for p in apt-get dpkg mmdebstrap; do printf '#!/bin/sh\necho "%s was started" >&2; exit 97\n' "$p" >"$work/none/$p"; done
  chmod +x "$work"/none/*
  PATH=$work/none:$PATH cut_off "$@"
}

# image_tree STEP RECIPE…: the name of what a step gave
image_tree() {
  local key
  key=$(jkr plan "${@:2}" --format json | json "[s['key'] for s in d['steps'] if s['name'] == '$1'][0]")
  awk '$1 == "tree" { print $2 }' "$JKR_STORE/results/${key:0:2}/$key"
}

# stub VERSION [TEXT]: an archive with nothing but `tool` and `make` in it, and an mmdebstrap that makes a root with TEXT of them
stub() {
  mkdir -p bin root/var/lib/dpkg root/usr/bin root/dev
  printf 'Package: tool\nStatus: install ok installed\nVersion: %s\n\n' "$1" >root/var/lib/dpkg/status
  echo "${2:-same}" >root/usr/bin/text
  printf 'x' >root/usr/bin/setuid && chmod 4755 root/usr/bin/setuid && ln -sf text root/usr/bin/link && ln -f root/usr/bin/text root/usr/bin/hard
  cat >bin/apt-get <<SH
#!/bin/sh
case "\$*" in
*indextargets*URI*) echo "http://127.0.0.1/debian bookworm main amd64" ;;
*indextargets*) echo bookworm ;;
*install*) echo "'http://127.0.0.1/tool' tool_$1_amd64.deb 10 MD5Sum:x" ;;
esac
SH
  printf '#!/bin/sh\necho amd64\n' >bin/dpkg
  printf '#!/bin/sh\necho made >>%s/made\ntar -cf - -C %s .\n' "$PWD" "$PWD/root" >bin/mmdebstrap
  cp bin/mmdebstrap bin/fakechroot && cp bin/mmdebstrap bin/fakeroot
  chmod +x bin/*
  export PATH=$PWD/bin:$PATH
}

# small: a recipe with two images of the same packages, over one of which a tarball lies
small() {
  touch jkr.yaml
  echo over >over && tar -cf over.tar over
  cat >r.lua <<'LUA'
local img = image "img" { suite = "bookworm", packages = { "tool" } }
local two = image "two" { suite = "bookworm", packages = { "tool" }, tarball = "over.tar" }
return bundle "all" { img / "usr", two / "opt", build_manifest "m" { img, two } }
LUA
}

@test "an image of two packages goes along: equal bytes on a machine without a network, apt and mmdebstrap" {
  # shellcheck disable=SC2016
  apt-get indextargets --format '$(RELEASE)' 'Created-By: Packages' | grep -x bookworm || skip "apt here knows no bookworm"
  touch jkr.yaml
  cat >r.lua <<'LUA'
local img = image "tools" { suite = "bookworm", packages = { "make", "bc" } }
local a = run_in_container "a" { "sh", "-c", "echo 6*7 | bc; make --version; find /etc /usr/bin -printf '%M %U:%G %s %T@ %p %l\\n' | sort", toolchain = img, capture = "a.txt" }
return bundle "all" { a, build_manifest "m" { a } }
LUA
  jkr export r.lua --sources -q -o "$work/r.tar.zst"
  cp jkr.lock before
  grep -q 'bytes:[0-9]* sha256:[0-9a-f]\{64\} ' jkr.lock
  # the store has the image as jkr.lock now says it: nothing is made again
  [ "$(state tools r.lua)" = cached ]
  jkr run r.lua -q -o out
  [ "$(head -1 out/a.txt)" = 42 ]
  tree=$(image_tree tools r.lua)
  # another machine
  mkdir "$work/else" && cd "$work/else"
  export JKR_STORE=$work/empty
  jkr import "$work/r.tar.zst" -q && cd r
  run bare "$JKR" run r.lua --offline --locked -o out
  echo "$output"
  [ "$status" = 0 ]
  diff -r "$work/project/out" out
  [ -n "$tree" ]
  [ "$(image_tree tools r.lua)" = "$tree" ]
  # what is there can be taken on, byte for byte, also from there
  bare "$JKR" export r.lua --sources --offline -q -o again.tar.zst
  cmp again.tar.zst "$work/r.tar.zst"
  # a machine with a network, where nothing lies: what it makes of the packages is proved
  rm -r downloads
  JKR_STORE=$work/third jkr run r.lua -q -o third
  diff -r out third
  cmp jkr.lock "$work/project/before"
}

@test "an image that was damaged, or is not the lock's, is refused" {
  small
  stub 1.0
  jkr run r.lua -q -o out
  tree=$(image_tree two r.lua)
  jkr export r.lua --sources -q -o r.tar.zst
  [ "$(wc -l <made)" = 4 ]
  # from the tar it is the same tree as from the packages
  jkr run r.lua -q -o out
  [ "$(wc -l <made)" = 4 ]
  [ ${#tree} = 64 ]
  [ "$(image_tree two r.lua)" = "$tree" ]
  [ "$(cat out/bin/link)" = same ]
  [ "$(cat out/toolchain/over)" = over ]
  # in the file: not taken
  zstd -dcq r.tar.zst >r.tar && python3 - <<'PY'
data = bytearray(open("r.tar", "rb").read())
at = data.index(b"same\n")
data[at] ^= 1
open("r.tar", "wb").write(data)
PY
  run jkr import r.tar evil
  echo "$output"
  [ "$status" = 1 ]
  [[ $output == *E0924*'has other bytes than its list says'* ]]
  [ ! -e evil ]
  jkr import r.tar.zst "$work/r" -q && cd "$work/r"
  file=$(echo downloads/by-hash/sha256/*)
  [ "$(tar -tvf "$file" | grep -c 'rwsr-xr-x')" = 1 ]
  no tar -tf "$file" dev/null
  cp "$file" good
  # in the folder: not taken either, with a network or without
  for how in 'head -c 3000 good' 'echo rubbish' 'sed s/same/evil/ good' 'cat good good'; do
    eval "$how" >"$file"
    for offline in '' --offline; do
      JKR_STORE=$(mktemp -d "$work/store.XXXXXX") run jkr run r.lua -q -o out $offline
      echo "$how: $output"
      [ "$status" = 1 ]
      [[ $output == *E0905*'is not the image that jkr.lock has'* ]]
      [ ! -e out ]
    done
  done
  cp good "$file" && cp jkr.lock lock
  # a lock with other versions, with another hash, and one that never heard of it
  sed -i 's/tool=1.0/tool=1.1/' jkr.lock
  JKR_STORE=$work/s1 run bare "$JKR" run r.lua -q --offline
  echo "$output"
  [ "$status" = 1 ]
  [[ $output == *E0917*'that is staged has other versions than the lock: tool 1.0 (pinned: 1.1)'* ]]
  sed 's/sha256:....../sha256:000000/' lock >jkr.lock
  JKR_STORE=$work/s2 run bare "$JKR" run r.lua -q --offline
  echo "$output"
  [ "$status" = 5 ]
  [[ $output == *E0913*'which is not there'* ]]
  sed 's/sha256:[0-9a-f]* //' lock >jkr.lock
  JKR_STORE=$work/s3 run bare "$JKR" run r.lua -q --offline
  echo "$output"
  [ "$status" = 5 ]
  [[ $output == *E0913* ]]
  # positive control, and nothing of the above is in the way
  cp lock jkr.lock
  JKR_STORE=$work/s3 bare "$JKR" run r.lua -q --offline -o out
  diff -r out "$work/project/out"
}

@test "what an export brought is found by no recipe whose lock does not say its hash" {
  small
  stub 1.0 evil
  jkr export r.lua --sources -q -o r.tar.zst
  mkdir "$work/mine" && cp r.lua jkr.yaml over.tar "$work/mine" && sed 's/sha256:[0-9a-f]* //' jkr.lock >"$work/mine/jkr.lock"
  export JKR_STORE=$work/else
  jkr import r.tar.zst "$work/r" -q
  (cd "$work/r" && bare "$JKR" run r.lua -q --offline -o out && grep -q evil out/bin/text)
  stub 1.0 good
  cd "$work/mine"
  [ "$(state img r.lua)" = run ]
  jkr run r.lua -q -o out
  [ "$(cat out/bin/text)" = good ]
  # and where the lock says it, no other image of the same versions comes in its place
  rm -r "$work/r/downloads" && cd "$work/r"
  JKR_STORE=$work/new run jkr run r.lua -q -o new
  echo "$output"
  [ "$status" = 1 ]
  [[ $output == *E0917*'another image'* ]]
  [ ! -e new ]
}

@test "jkr.lock gets a hash where it may change, and jkr update leaves it while the versions are the same" {
  small
  stub 1.0
  jkr lock r.lua -q
  no grep -q sha256 jkr.lock
  cp jkr.lock lock
  run jkr export r.lua --sources --locked
  echo "$output"
  [ "$status" = 5 ]
  [[ $output == *E1010*'no hash of the image'*r.lua:1* ]]
  [ ! -e r-sources.tar.zst ]
  cmp lock jkr.lock
  jkr export r.lua --sources -q -o one.tar.zst
  cp jkr.lock lock
  jkr export r.lua --sources --locked -q -o two.tar.zst
  cmp one.tar.zst two.tar.zst
  jkr update r.lua >said
  cmp lock jkr.lock
  no grep -q was said
  stub 1.1
  jkr update r.lua >said
  grep -q 'was .*sha256:.* tool=1.0' said
  grep -q 'now .* tool=1.1' said
  no grep -q sha256 jkr.lock
}
