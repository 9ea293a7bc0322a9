#!/bin/bash
# kernel.sh: a tiny arm64 kernel made by make_in_container against make itself in the same image: from nothing,
# and after a change of one file, brought in by a step of the recipe or made in a folder of the project.
#
# usage: tests/bench/run.sh kernel
# The first time Debian's cross compiler and its kernel source are fetched into build/bench/kernel (300 MB); in
# Linux 6.12 a whole make takes a minute on two cores. A changed file is another one each time.
# shellcheck source=/dev/null
. "$BENCH_HOME/tests/bench/bench.bash"
. "$BENCH_HOME/tests/bench/kernel/common.bash" # $kernel, jkr_there, ready, layer_of
: "${kernel:?}"

whole="make_in_container on a kernel" one="one .c changed" folder="one .c changed in a project folder"
ready kernel.lua config || { cannot "$whole" "nothing to build could be fetched" && exit 1; }
if ! { image=$(layer_of kernel.lua toolchain/debian-arm64) && source=$(layer_of kernel.lua source) &&
  config=$(layer_of kernel.lua config); }; then
  cannot "$whole" "the store has no image or source"
  exit 1
fi
linux=$kernel/project/linux
if ! [ -e "$linux/Makefile" ]; then
  rm -rf "$linux.new"
  cp -a "$source" "$linux.new" && mv "$linux.new" "$linux" || exit 1
fi
cp "$source/kernel/sys.c" "$linux/kernel/sys.c"
jobs=$(nproc)
run="cd '$kernel/project' && JKR_STORE='$kernel/store' '$JKR' run kernel.lua -j$jobs -q -o \"\$RUN/out\""
bare="bash '$BENCH_HOME/tests/bench/kernel/bare.bash' '$image'"

# every build folder is a new one; in the last ones of both sides the changes are built
# shellcheck disable=SC2317
prepare() {
  if [ "$1" = jkr ]; then
    tr -dc 'a-zA-Z0-9' <<<"$RUN" >"$kernel/round"
  else
    mkdir build && cp "$config/.config" build/ && realpath build >"$kernel/objdir"
  fi
}
versus "$whole" 1.03 2 "$run -D round=\$(cat '$kernel/round')" "make -j$jobs" "$bare '$source' build -j$jobs Image" || exit 1
round=$(cat "$kernel/round") objdir=$(cat "$kernel/objdir")

# change FILE: its last line is a new one
change() {
  sed 's/^const char jkr_bench.*//' "$source/kernel/sys.c" >sys.c
  echo "const char jkr_bench[] = \"$RANDOM$RANDOM$RANDOM\";" >>sys.c
  mv sys.c "$1"
}

# shellcheck disable=SC2317
prepare() { if [ "$1" = jkr ]; then change "$kernel/project/sys.c"; else change "$linux/kernel/sys.c"; fi; }
warm="$run -D round='$round'" again="$bare '$linux' '$objdir' -j$jobs Image"
prepare make && RUN=$PWD bash -c "$again" >again.log 2>&1
versus "$one" 1.15 7 "$warm -D edit=true" "make -j$jobs" "$again"

# shellcheck disable=SC2317
prepare() { change "$linux/kernel/sys.c"; }
prepare jkr && RUN=$PWD bash -c "$warm -D folder=true" >warm.log 2>&1
versus "$folder" 1.15 7 "$warm -D folder=true" "make -j$jobs" "$again"
