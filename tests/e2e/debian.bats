#!/usr/bin/env bats
# Debian source packages: a tree is what `dpkg-source -x` makes of it, to the byte, and nothing is opened that is not
# what the .dsc lists.

load helper

# release NAME FILE…: NAME.orig.tar.gz of a folder with a few files
release() {
  mkdir -p up/src up/.pc
  printf 'one\ntwo\nthree\n' >up/src/main.c
  printf 'old\n' >up/gone.txt
  printf '#!/bin/sh\n' >up/run.sh && chmod 775 up/run.sh
  printf 'secret\n' >up/narrow && chmod 400 up/narrow
  ln -s src/main.c up/link
  echo 2 >up/.pc/.version
}

# control SOURCE VERSION FORMAT: what dpkg-source asks of the folder tree/debian
control() {
  mkdir -p tree/debian/source
  printf 'Source: %s\nMaintainer: A <a@example.org>\nStandards-Version: 4.6.2\n\nPackage: %s\nArchitecture: all\nDescription: x\n y\n' "$1" "$1" >tree/debian/control
  printf '%s (%s) unstable; urgency=low\n\n  * x\n\n -- A <a@example.org>  Tue, 02 Jan 2024 03:04:05 +0000\n' "$1" "$2" >tree/debian/changelog
  echo "$3" >tree/debian/source/format
  printf '#!/usr/bin/make -f\n' >tree/debian/rules
}

# quilt_package: one of format 3.0 (quilt): two archives of a release, patches with comments and an author
quilt_package() {
  release
  mkdir -p add/deep && echo part >add/deep/file
  tar -czf qq_1.0.orig.tar.gz --transform 's,^up,qq-1.0,' up
  tar -cJf qq_1.0.orig-extra.tar.xz -C add deep
  cp -r up tree && rm -r tree/.pc && cp -r add/deep tree/extra
  control qq 1.0-1 '3.0 (quilt)'
  mkdir tree/debian/patches
  cat >tree/debian/patches/fix.patch <<'P'
From: Ann Author <ann@example.org>
Subject: say TWO

--- a/src/main.c
+++ b/src/main.c
@@ -1,3 +1,3 @@
 one
-two
+TWO
 three
P
  cat >tree/debian/patches/away.patch <<'P'
--- a/gone.txt
+++ /dev/null
@@ -1 +0,0 @@
-old
--- /dev/null
+++ b/new/file
@@ -0,0 +1 @@
+new
P
  printf '# a comment\n\nfix.patch # another\n  away.patch -p1\n' >tree/debian/patches/series
  (cd tree && for p in fix away; do patch -s -p1 -E <"debian/patches/$p.patch"; done)
  SOURCE_DATE_EPOCH=1704164645 dpkg-source -b tree
  rm -rf up add tree
}

# listed_anew: the .dsc lists the archive of debian/ as it is now
listed_anew() {
  python3 - <<'P'
import hashlib, re
data = open("qq_1.0-1.debian.tar.xz", "rb").read()
text = open("qq_1.0-1.dsc").read()
sums = {32: hashlib.md5(data).hexdigest(), 40: hashlib.sha1(data).hexdigest(), 64: hashlib.sha256(data).hexdigest()}
new = lambda m: " %s %d qq_1.0-1.debian.tar.xz" % (sums[len(m.group(1))], len(data))
open("qq_1.0-1.dsc", "w").write(re.sub(r"(?m)^ ([0-9a-f]+) \d+ qq_1.0-1.debian.tar.xz$", new, text))
P
}

# same_as_dpkg FILE.dsc: what jkr makes of it beside what dpkg-source does
same_as_dpkg() {
  local list='find . -path ./.pc -prune -o \( -type f -o -type l -o -type d \) -printf "%P %m %l\n" | sort'
  (umask 022 && dpkg-source --no-check -x "$1" dpkg)
  echo "return debian_source \"s\" { \"$1\" }" >r.lua
  jkr run r.lua -o out
  diff -r --no-dereference -x .pc out dpkg
  diff <(cd out && eval "$list") <(cd dpkg && eval "$list")
}

@test "3.0 (quilt): components, comments in the series, and what patches add and take away" {
  quilt_package
  same_as_dpkg qq_1.0-1.dsc
  [ "$(sed -n 2p out/src/main.c)" = TWO ]
  [ ! -e out/gone.txt ]
  [ ! -e out/.pc ]
  [ -x out/debian/rules ]
  run jkr log r.lua s
  [[ $output == *fix.patch*'Ann Author <ann@example.org>'*'say TWO'* ]]
  # and nothing to do, until a file that it lists is another
  jkr plan r.lua --fail-if-changes
  echo x >>qq_1.0-1.debian.tar.xz
  run jkr run r.lua
  [ "$status" = 1 ]
  [[ $output == *'its size is another'* ]]
}

@test "3.0 (native), an archive without a folder of its own, and 1.0 with its diff" {
  release && rm -r up/.pc && mv up tree
  control nn 2.0 '3.0 (native)'
  dpkg-source -b tree
  same_as_dpkg nn_2.0.dsc
  rm -rf out dpkg tree
  release
  (cd up && tar -czf ../oo_3.0.orig.tar.gz --exclude=.pc -- *)
  cp -r up tree && rm -r tree/.pc && control oo 3.0-1 1.0
  echo more >>tree/src/main.c
  rm -rf up && dpkg-source -b tree
  same_as_dpkg oo_3.0-1.dsc
  [ "$(tail -1 out/src/main.c)" = more ]
}

@test "a series of its own for a vendor, -p0, an empty patch, none at all, and unpatched" {
  quilt_package
  mkdir t && tar -xf qq_1.0-1.debian.tar.xz -C t
  sed 's,^\(---\|+++\) [ab]/,\1 ,' t/debian/patches/fix.patch >t/debian/patches/zero.patch
  printf 'Description: nothing\n' >t/debian/patches/words.patch
  printf 'zero.patch -p0\nwords.patch\n' >t/debian/patches/debian.series
  printf '# nothing\n' >t/debian/patches/other.series
  tar -cJf qq_1.0-1.debian.tar.xz -C t debian
  listed_anew
  echo 'return { debian_source "a" { "qq_1.0-1.dsc" }, debian_source "b" { "qq_1.0-1.dsc", vendor = "other" },
    debian_source "c" { "qq_1.0-1.dsc", patched = false } }' >r.lua
  jkr run r.lua -q 2>notes
  second() { jkr run r.lua "$1" -q -o "out-$1" && sed -n 2p "out-$1/src/main.c"; }
  [ "$(second a)" = TWO ]
  [ -e out-a/gone.txt ]
  [ "$(second b)" = two ]
  [ "$(second c)" = two ]
}

@test "a patch that names a binary file without its data leaves it as it is, as QEMU's do" {
  quilt_package
  mkdir t && tar -xf qq_1.0-1.debian.tar.xz -C t
  { printf 'diff --git a/%s b/%s\nindex 1..2 100644\nBinary files a/%s and b/%s differ\n' logo.bin{,,,}; cat t/debian/patches/fix.patch; } >t/debian/patches/named.patch
  echo named.patch >t/debian/patches/series
  tar -cJf qq_1.0-1.debian.tar.xz -C t debian
  listed_anew
  same_as_dpkg qq_1.0-1.dsc
  [ "$(sed -n 2p out/src/main.c)" = TWO ]
  jkr log r.lua s | grep -q 'named.patch: binary files that are only named stay as they are: 1'
}

@test "hunks with little or no context go where dpkg-source puts them, as one of QEMU's has to" {
  quilt_package
  mkdir t && tar -xf qq_1.0-1.debian.tar.xz -C t
  cd t/debian/patches
  printf -- '--- /dev/null\n+++ b/src/list\n@@ -0,0 +1,9 @@\n+a\n+b\n+c\n+d\n+e\n+a\n+b\n+c\n+d\n' >list.patch
  printf -- '--- a/src/main.c\n+++ b/src/main.c\n@@ -1 +1 @@\n-three\n+THREE\n@@ -1,0 +2 @@\n+four\n' >moved.patch
  printf -- '--- a/src/list\n+++ b/src/list\n@@ -1,4 +1,4 @@\n a\n b\n-c\n+C\n d\n' >end.patch
  printf '%s.patch\n' list moved end >series
  cd - && tar -cJf qq_1.0-1.debian.tar.xz -C t debian
  listed_anew
  same_as_dpkg qq_1.0-1.dsc
  [ "$(tr '\n' ' ' <out/src/list)" = 'a b c d e a b C d ' ]
  [ "$(tr '\n' ' ' <out/src/main.c)" = 'one two THREE four ' ]
  jkr log r.lua s | grep -q '^moved.patch .*+2'
  # patch { } takes no such hunk: nobody can tell whether its place is right
  mkdir -p up/src && printf 'one\ntwo\nthree\n' >up/src/main.c
  echo 'return tree "p" { copy { "up" }, patch { "t/debian/patches/moved.patch" } }' >p.lua
  run jkr run p.lua
  [ "$status" = 1 ]
  [[ $output == *'no context lines'* ]]
}

@test "staged in a folder, fetched from an address, files elsewhere" {
  quilt_package
  mkdir -p downloads/q && mv qq_* downloads/q/
  sum=$(sha256sum downloads/q/qq_1.0-1.dsc | cut -d' ' -f1)
  cat >r.lua <<LUA
local staged = fetch "staged" { folder = "q", holds = "qq_1.0-1.dsc" }
local there = fetch "there" { dsc = "file://$PWD/downloads/q/qq_1.0-1.dsc", sha256 = "$sum" }
return { debian_source "a" { staged }, debian_source "b" { there / "qq_1.0-1.dsc" },
  debian_source "c" { fetch "alone" { "file://$PWD/downloads/q/qq_1.0-1.dsc", sha256 = "$sum" }, files = "downloads/q/qq_*.tar.*" } }
LUA
  for s in a b c; do jkr run r.lua "$s" -q -o "out-$s"; done
  diff -r out-a out-b
  diff -r out-a out-c
  ls out-a
  [ "$(sed -n 2p out-a/src/main.c)" = TWO ]
}

@test "by name, from what apt knows, pinned with its epoch in jkr.lock" {
  quilt_package
  mkdir pool bin && mv qq_* pool/
  sum=$(sha256sum pool/qq_1.0-1.dsc | cut -d' ' -f1)
  cat >bin/apt-get <<SH
#!/bin/sh
case "\$*" in *source*) for f in qq_1.0-1.dsc qq_1.0-1.debian.tar.xz; do
  echo "'file:$PWD/pool/\$f' \$f 100 SHA256:\$(sha256sum $PWD/pool/\$f | cut -d' ' -f1)"; done ;; esac
SH
  printf '#!/bin/sh\nprintf "Package: q\\nVersion: 3:0.9-1\\nChecksums-Sha256:\\n 00 1 x\\n\\nPackage: q\\nVersion: 2:1.0-1\\nChecksums-Sha256:\\n %s 100 qq_1.0-1.dsc\\n"\n' "$sum" >bin/apt-cache
  chmod +x bin/*
  export PATH=$PWD/bin:$PATH
  echo 'return debian_source "s" { fetch "f" { dsc = "qq" } }' >r.lua
  jkr run r.lua -o out -q
  [ "$(sed -n 2p out/src/main.c)" = TWO ]
  grep -q "\"dsc:qq\": {\"pin\": \"qq 2:1.0-1 source sha256:$sum size:200\"}" jkr.lock
}
