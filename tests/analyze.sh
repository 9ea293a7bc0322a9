#!/bin/bash
# analyze.sh: what compilers and valgrind find without a fault having to happen: no finding is left.
#
# usage: tests/analyze.sh [fanalyzer|tidy|valgrind|threads]…     all without a name; logs are in build/analyze
#
# A finding is mended; what is none is silenced at the smallest place, with a comment that says why.
set -u
cd "$(dirname "$0")/.." || exit 1
parts=("$@")
[ $# -gt 0 ] || parts=(fanalyzer tidy valgrind threads)
out="build/analyze"
mkdir -p "$out"
jobs=${JOBS:-$(nproc)}

# verdict NAME CASES FINDINGS: a line that check.sh understands
verdict() { echo "$1: $(($2 - $3)) passed, $3 failed"; }

# gcc's own analyzer, over all that jkr is made of
fanalyzer() {
  rm -rf "$out/obj"
  make --no-print-directory -k -j "$jobs" CC=gcc W=1 B="$out" OPT='-O1 -g' CFLAGS=-fanalyzer "$out/jkr" >"$out/fanalyzer.log" 2>&1 || return 1
  grep 'Wanalyzer' "$out/fanalyzer.log"
  verdict fanalyzer "$(find interp -name '*.c' | wc -l)" "$(grep -c 'Wanalyzer' "$out/fanalyzer.log")"
}

# .clang-tidy says which checks
tidy() {
  make --no-print-directory -s compile_commands.json all
  find interp -name '*.c' | sort | xargs -n 8 -P "$jobs" clang-tidy -p . --quiet >"$out/tidy.log" 2>"$out/tidy.err"
  grep -E 'error:|warning:' "$out/tidy.log"
  verdict tidy "$(find interp -name '*.c' | wc -l)" "$(grep -cE 'error:|warning:' "$out/tidy.log")"
}

# units of parsers; those that start sandboxes or walled children test what valgrind cannot follow
memcheck=(json kconfig lock_text module patchfile wire yaml)

# what is read without having been written, or lost for good
memory() {
  local bad=0 name bins=("${memcheck[@]/#/build/unit/test_}")
  make --no-print-directory -s -j "$jobs" "${bins[@]}" || return 1
  for name in "${bins[@]}"; do
    valgrind --quiet --error-exitcode=99 --leak-check=full --show-leak-kinds=definite \
      --errors-for-leak-kinds=definite --log-file="$out/memcheck.log" "$name" >"$out/memcheck.out" 2>&1 && continue
    bad=$((bad + 1))
    echo "--- $name:"
    grep -E '\[  FAILED|^==' "$out/memcheck.out" "$out/memcheck.log" | head -40
  done
  verdict valgrind ${#bins[@]} $bad
}

# in the thread sanitizer the first four fail by themselves, for it has a thread in every process, and takes memory and time;
# the threads of the last are those of xz
untold=(contents limits load_hostile proctree xz_streams)

# many_threads FOLDER: a run whose readers, writers, decoders and folders have threads
many_threads() {
  rm -rf "$1" && mkdir -p "$1/src/a" && cd "$1" || return 1
  seq 700000 >src/numbers
  for i in {1..600}; do echo "$i" >"src/a/$i"; done
  tar -cf big.tar src
  xz -kT2 --block-size=1MiB big.tar && bzip2 -k big.tar || return 1
  cat >threads.lua <<'LUA'
local x, b = untar "x" { "big.tar.xz" }, untar "b" { "big.tar.bz2" }
local t = {}
for i = 1, 1000 do t[i] = write("w" .. i) { path = "f" .. i, text = "t" .. i % 50 } end
return { bundle "w" (t), copy "s" { "src" }, pack "z" { x, name = "x.tar.zst" }, pack "y" { b, name = "b.tar.xz" } }
LUA
  for _ in 1 2; do JKR_STORE=$PWD/store setarch -R "$top/build/tsan/jkr" run threads.lua -j2 -q -o out || return 1; done
}

# what two threads touch without a lock; each fault is a file of its own
threads() {
  local bad=0 n=0 name top=$PWD at=$PWD/$out/threads
  make --no-print-directory -s -j "$jobs" TSAN=1 OPT='-O1 -g' all build-units || return 1
  rm -rf "$at" && mkdir -p "$at" && export TSAN_OPTIONS="log_path=$at/found die_after_fork=0 exitcode=66"
  for name in build/tsan/unit/test_*; do
    [[ $name != *.d && " ${untold[*]} " != *" ${name#*/test_} "* ]] || continue
    n=$((n + 1))
    setarch -R "$name" >"$at/said" 2>&1 || { bad=$((bad + 1)) && echo "--- $name:" && tail -n 20 "$at/said"; }
  done
  (many_threads "$at/run") || bad=$((bad + 1))
  for name in "$at"/found.*; do
    [ ! -e "$name" ] || { bad=$((bad + 1)) && head -n 60 "$name"; }
  done
  verdict threads $((n + 1 > bad ? n + 1 : bad)) $bad
}

failed=0
for part in "${parts[@]}"; do
  case $part in
  fanalyzer) fanalyzer ;;
  tidy) tidy ;;
  valgrind) memory ;;
  threads) threads ;;
  *)
    echo "analyze.sh: there is no part '$part': fanalyzer, tidy, valgrind, threads" >&2
    exit 2
    ;;
  esac | tee "$out/verdict"
  [ "${PIPESTATUS[0]}" = 0 ] && grep -qE ': [0-9]+ passed, 0 failed$' "$out/verdict" || failed=1
done
exit $failed
