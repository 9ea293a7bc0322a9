# What -o leaves alone, what it writes again.

load helper

# A file of some size, a folder, and a recipe that gives both.
setup_export() {
  head -c 8000000 /dev/urandom >big.img
  mkdir -p tree/sub && echo one >tree/one && echo two >tree/sub/two
  cat >e.lua <<'LUA'
local n = option.string { "n", "1" }
return { copy "big" { "big.img" }, copy "tree" { "tree", into = "tree" }, write "n" { path = "n.txt", text = n } }
LUA
}

# marks FOLDER: what lstat says of all in it
marks() { find "$1" -printf '%p %i %s %m %T@ %C@\n' | sort; }

@test "an export that is as it was is left alone, and not read" {
  setup_export
  jkr run e.lua -o out
  marks out >before
  strace -f -e trace=read,pread64,copy_file_range,ioctl -y -o trace "$JKR" run e.lua -o out >said
  marks out | diff before -
  grep -q 'nothing to do' said
  no grep -qE '/(out|layers)/[^>]*/?(big.img|one|two|n.txt)>' trace
  # the probe sees what is read
  touch out/big.img
  strace -f -e trace=read,pread64 -y -o trace "$JKR" run e.lua -o out >said
  grep -q 'out/big\.img' trace
  cmp out/big.img big.img
  [ "$(stat -c %i out/big.img)" = "$(awk '$1 == "out/big.img" { print $2 }' before)" ]
}

@test "what was changed, deleted or swapped in an export is written again" {
  setup_export
  jkr run e.lua -o out
  cp -a out first
  # other bytes of the same size, with the times put back; another file with the same size and time
  printf X | dd of=out/big.img bs=1 seek=4000000 conv=notrunc 2>/dev/null
  touch -r first/big.img out/big.img
  echo eno >other && touch -r first/tree/one other && mv other out/tree/one
  jkr run e.lua -o out
  diff -r first out
  rm out/n.txt out/tree/sub/two && chmod 600 out/tree/one && echo x >out/tree/new
  jkr run e.lua -o out
  diff -r first out && [ "$(stat -c %a out/tree/one)" = 644 ]
  rm -r out/tree out/n.txt && ln -s ../../first/tree out/tree && mkdir out/n.txt
  jkr run e.lua -o out
  [ ! -L out/tree ] && [ -f out/n.txt ] && diff -r first out
  # a folder that was moved away, and another in its place
  mv out moved && mkdir out && echo mine >out/mine && cp moved/n.txt out/ && echo 2 >out/n.txt
  jkr run e.lua -o out
  [ "$(cat out/mine)" = mine ] && rm out/mine && diff -r first out
}

@test "only what changed is written, and a name that another recipe exports is told by its content" {
  setup_export
  echo 'return { write { path = "n.txt", text = "other" }, write "m" { path = "m.txt", text = "m" } }' >f.lua
  jkr run e.lua -o out
  marks out >before
  jkr run e.lua -D n=2 -o out
  [ "$(cat out/n.txt)" = 2 ]
  marks out | grep -v '^out \|n.txt' | diff <(grep -v '^out \|n.txt' before) -
  jkr run f.lua -o out
  [ "$(cat out/n.txt)" = other ]
  jkr run e.lua -D n=1 -o out
  [ "$(cat out/n.txt out/m.txt)" = 1m ]
  marks out | grep -v '^out \|[nm].txt' | diff <(grep -v '^out \|n.txt' before) -
  # both are remembered: the other one's file is not touched, either
  marks out | grep m.txt >before
  jkr run f.lua m -o out
  marks out | grep m.txt | diff before -
}

@test "an export to a folder that several stores write to, and one whose memory is damaged, are right" {
  setup_export
  jkr run e.lua -o out
  JKR_STORE=$work/two jkr run e.lua -D n=2 -o out
  [ "$(cat out/n.txt)" = 2 ]
  jkr run e.lua -o out
  [ "$(cat out/n.txt)" = 1 ]
  find "$JKR_STORE/seen" -type f -exec sh -c 'printf Z | dd of="$1" bs=1 seek=60 conv=notrunc 2>/dev/null' sh {} \;
  echo x >out/tree/one
  jkr run e.lua -o out
  diff -r tree out/tree
  jkr cache gc --max-age 1s 2>/dev/null || jkr cache gc
  jkr run e.lua -o out
  cmp big.img out/big.img
}
