#!/bin/bash
# reuse.sh: what is asked for every day of a kernel that was built before: its artifacts from the store, one changed .c
# in an edited folder, everything once more by ccache, and two boards of one source at once. The kernel is tinyconfig's.
#
# usage: [PHASES="hit edit ccache boards"] tests/bench/run.sh reuse      PHASES: only those
# The image and the source are those of the row kernel (build/bench/kernel).
# shellcheck source=/dev/null disable=SC2317
. "$BENCH_HOME/tests/bench/bench.bash"
. "$BENCH_HOME/tests/bench/kernel/common.bash" # $kernel, jkr_there, ready, layer_of
: "${kernel:?}"
phases=" ${PHASES:-hit edit ccache boards} "

ready reuse.lua a-0/honoured || { cannot "reuse of a kernel" "nothing to build could be fetched" && exit 1; }
if ! { image=$(layer_of reuse.lua toolchain/debian-arm64) && source=$(layer_of reuse.lua source) &&
  config=$(layer_of reuse.lua a-0/honoured); }; then
  cannot "reuse of a kernel" "the store has no image or source"
  exit 1
fi
jobs=$(nproc)
run="cd '$kernel/project' && JKR_STORE='$kernel/store' '$JKR' run reuse.lua -q -o \"\$RUN/out\""
bare="bash '$BENCH_HOME/tests/bench/kernel/bare.bash'"

# word: one that was not there before
word() { tr -dc 'a-zA-Z0-9' <<<"$RUN"; }

# hit: everything is in the store, nothing of it in the folder of the artifacts
hit() {
  local work="reuse hit to finished artifacts"
  ready reuse.lua || { cannot "$work" "the kernel could not be built" && return 1; }
  versus "$work" 500ms 9 "$run"
}

# edit: the same tree for both, a checkout that the recipe takes by --with
edit() {
  local work="one .c changed in an edited folder" tree=$kernel/edited with again
  if ! [ -e "$tree/Makefile" ]; then
    jkr_there edit reuse.lua source "$tree" -q >edit.log 2>&1 || { tail -n 5 edit.log && cannot "$work" "no checkout" && return 1; }
  fi
  mkdir -p objects && cp "$config/.config" objects/
  with="$run -j$jobs --with source='$tree'" again="$bare '$image' '$tree' '$PWD/objects' -j$jobs Image"
  prepare() {
    sed -i '/^const char jkr_bench/d' "$tree/kernel/sys.c"
    echo "const char jkr_bench[] = \"$RANDOM$RANDOM$RANDOM\";" >>"$tree/kernel/sys.c"
  }
  if ! { RUN=$PWD prepare && RUN=$PWD bash -c "$with" && RUN=$PWD bash -c "$again"; } >first.log 2>&1; then
    tail -n 5 first.log
    cannot "$work" "the first build failed"
    return 1
  fi
  versus "$work" 1.15 7 "$with" "make -j$jobs" "$again"
  unset -f prepare
}

# ccache: new build directories, the same compiles; both have what they compiled before in a ccache of their own
ccache() {
  local work="everything again, by ccache" ours theirs image
  if ! ready reuse.lua -D ccache=true a-0/honoured || ! image=$(image_with_ccache); then
    lacks "$work" ccache "its image could not be made"
    return
  fi
  mkdir -p "$PWD/ccache"
  ours="$run -j$jobs -D ccache=true -D round=\$(cat word)"
  theirs="CCACHE_FOLDER='$PWD/ccache' $bare '$image' '$source' build -j$jobs CC='ccache aarch64-linux-gnu-gcc' Image"
  # a configuration before either: what it deletes makes new files dear for a minute, on ext4 without a journal
  prepare() {
    word >"$kernel/project/word"
    jkr_there run reuse.lua -q -D ccache=true -D "round=$(word)" "a-$(word)/honoured"
    if [ "$1" != jkr ]; then
      mkdir build && cp "$config/.config" build/
    fi
  }
  mkdir first
  if ! (cd first && export RUN=$PWD && prepare jkr && bash -c "$ours" && cd "$RUN" && prepare make && bash -c "$theirs") >first.log 2>&1; then
    tail -n 5 first.log
    cannot "$work" "the first build failed"
    return 1
  fi
  versus "$work" 1.1 5 "$ours" "ccache, make -j$jobs" "$theirs"
  unset -f prepare
}

# image_with_ccache: the folder of the toolchain's image that has it
image_with_ccache() {
  local name
  name=$(jkr_there plan reuse.lua -D ccache=true --format json |
    python3 -c 'import json, sys; print([s["name"] for s in json.load(sys.stdin)["steps"] if s["name"].startswith("toolchain/")][0])') &&
    layer_of reuse.lua "$name" -D ccache=true
}

# boards: both at once, against one after the other, in either order
boards() {
  local work="two boards of one source" one
  if ! { ready reuse.lua -D boards=2 a-0/honoured b-0/honoured && one=$(layer_of reuse.lua b-0/honoured -D boards=2); }; then
    cannot "$work" "they could not be configured"
    return 1
  fi
  # what a hand has done before make: the configurations; before all, as for ccache
  prepare() {
    word >"$kernel/project/word"
    jkr_there run reuse.lua -q -D boards=2 -D "round=$(word)" "a-$(word)/honoured" "b-$(word)/honoured"
    if [ "$1" != jkr ]; then
      mkdir a b && cp "$config/.config" a/ && cp "$one/.config" b/
    fi
  }
  versus "$work" "1.05 1.05" 2 "$run -j$jobs -D boards=2 -D round=\$(cat word)" \
    "make -j$jobs, the first first" "$bare '$image' '$source' a -j$jobs Image && $bare '$image' '$source' b -j$jobs Image" \
    "make -j$jobs, the second first" "$bare '$image' '$source' b -j$jobs Image && $bare '$image' '$source' a -j$jobs Image"
  unset -f prepare
}

failed=0
for phase in hit edit ccache boards; do
  case $phases in *" $phase "*) "$phase" || failed=1 ;; esac
done
exit $failed
