# 28: an extraction that was interrupted
#
# Power, Ctrl-C, a runner that was preempted. The folder is there, so the next run does not unpack again.

# begun FOLDER: something was unpacked below it
begun() {
  for _ in $(seq 3000); do
    [ -z "$(find "$1" -type f -name Makefile -print -quit 2>/dev/null)" ] || return 0
    sleep 0.02
  done
  wrong 'nothing was unpacked'
}

plain() {
  mkfifo slow
  { head -c 10000000 linux.tar && sleep 600; } >slow &
  tar -xf slow &
  begun linux
  kill -9 $!
  kill %1
  [ -d linux ] || tar -xf linux.tar # the second run of the script
  shows '[ -d linux ] || tar: exit 0; the last third of the tree is not there' [ ! -e linux/tools/Makefile ]
}

ours() {
  export JKR_STORE=$PWD/store
  jkr run recipe.lua -o out -q &
  begun store/tmp
  kill -9 $!
  no wait $!
  [ ! -e out ]
  runs
  gives 'killed in the middle, the second run has all of it' diff -r --no-dereference "$LINUX" out
}
