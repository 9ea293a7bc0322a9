#!/usr/bin/env bats
# --twice: builds again from nothing, and names what differs, where, and which step is the cause.

load helper

# wild NAME PROGRAM…: a recipe whose step NAME runs the script on stdin; `same` stands before it and `after` behind
wild() {
  cat >"$1.sh"
  make_image "${@:2}"
  {
    head_of
    cat <<LUA
local same = run_in_container "same" { "sh", "-c", "echo same >same", toolchain = img }
local w = run_in_container "$1" { toolchain = img, script = "$1.sh", mounts = { ["/jkr/same"] = same } }
local after = copy "after" { w, into = "x" }
return bundle "b" { after, same }
LUA
  } >w.lua
}

@test "equal builds are said to be equal, and leave nothing to do" {
  wild quiet <<<'cat /jkr/same/same >copy'
  run jkr run w.lua --twice -o out
  [ "$status" = 0 ]
  [[ $output == *"built twice: 5 steps, equal to the byte"* ]]
  [ "$(cat out/x/copy)" = same ]
  jkr run w.lua | grep -q 'nothing to do'
}

@test "what takes the clock is named with the line, and what follows from it only counted" {
  wild clock date <<<'printf "one\ntwo %s\nthree\n" "$(date +%s%N)" >stamp'
  run jkr run w.lua --twice -o out
  [ "$status" = 3 ]
  [[ $output == *'error[E1201]: step `clock` is not reproducible'* ]]
  [[ $output == *"w.lua:4:"* ]]
  [[ $output == *'`stamp`: line 2: `two '* ]]
  [[ $output == *'2 later steps differ only because of that'* ]]
  [[ $output != *'`after` is not'* && $output != *'`same` is not'* ]]
  [ ! -e out/x ]
}

@test "an archive is named with the member, a binary with the offset" {
  wild tar tar head date <<'SH'
mkdir /tmp/d && cd /tmp/d && echo x >a && date +%N >b
tar -cf /jkr/out/x.tar --mtime=@1 a b
{ echo fixed; printf '\0\1'; head -c 8 /dev/urandom; } >/jkr/out/bin
SH
  run jkr run w.lua --twice
  [ "$status" = 3 ]
  [[ $output == *'`x.tar`: member `b`: line 1: '* ]]
  [[ $output =~ '`bin`: offset '[89]: ]]
}

@test "lint finds nothing where nothing is, and says what it read" {
  wild quiet <<<'cat /jkr/same/same >copy'
  run jkr lint w.lua
  [ "$status" = 0 ]
  [[ $output == *" steps and 1 file read: nothing in them makes two builds differ"* ]]
  wild clock date <<<'printf "two %s" "$(date +%s%N)" >stamp'
  run jkr lint w.lua
  [ "$status" = 3 ]
  [[ $output == *'--> clock.sh:1:20'* ]]
  [ ! -e "$JKR_STORE/layers" ] || [ -z "$(ls "$JKR_STORE/layers")" ]
  # a tree that comes from elsewhere is not looked into, which it says
  echo date >x.sh && tar -cf x.tar x.sh
  echo "return untar { \"x.tar\", sha256 = \"$(sha256sum x.tar | cut -d' ' -f1)\" }" >t.lua
  run jkr lint t.lua
  [ "$status" = 0 ]
  [[ $output == *'note: what 1 step unpacks or checks out is not read; '* ]]
}

@test "a step that is asked for by name is built twice with what it needs" {
  wild clock date <<<'date +%N >stamp'
  jkr run w.lua same --twice
  run jkr run w.lua clock --twice
  [ "$status" = 3 ]
}

@test "of an ELF file the section is named" {
  printf '%s\n' 'const char stamp[16] __attribute__((section(".stamp"))) = STAMP;' >stamp.c
  gcc -c -DSTAMP='"aaaa"' -o one.o stamp.c && gcc -c -DSTAMP='"aabb"' -o two.o stamp.c
  wild elf date <<'SH'
case $(date +%N) in *[13579]) n=one ;; *) n=two ;; esac
cat /jkr/objects/$n.o >x.o
SH
  sed -i 's|mounts = { |&["/jkr/objects"] = copy "objects" { "one.o", "two.o" }, |' w.lua
  for _ in 1 2 3 4 5 6 7 8 9 10 11 12; do
    run jkr run w.lua --twice
    [ "$status" = 0 ] || break
  done
  [ "$status" = 3 ]
  [[ $output == *'which is 2 in section .stamp'* ]]
}
