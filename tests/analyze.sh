#!/bin/bash
# analyze.sh: what compilers and valgrind find without a fault having to happen: no finding is left.
#
# usage: tests/analyze.sh [fanalyzer|tidy|valgrind]…     all three without a name; logs are in build/analyze
#
# A finding is mended; what is none is silenced at the smallest place, with a comment that says why.
set -u
cd "$(dirname "$0")/.." || exit 1
parts=("$@")
[ $# -gt 0 ] || parts=(fanalyzer tidy valgrind)
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

failed=0
for part in "${parts[@]}"; do
  case $part in
  fanalyzer) fanalyzer ;;
  tidy) tidy ;;
  valgrind) memory ;;
  *)
    echo "analyze.sh: there is no part '$part': fanalyzer, tidy, valgrind" >&2
    exit 2
    ;;
  esac | tee "$out/verdict"
  [ "${PIPESTATUS[0]}" = 0 ] && grep -qE ': [0-9]+ passed, 0 failed$' "$out/verdict" || failed=1
done
exit $failed
