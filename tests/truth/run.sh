#!/bin/bash
# run.sh: failures that nobody sees: what plain commands do with them, run for real, and what jkr does beside it, as a table.
#
# usage: JKR=build/jkr tests/truth/run.sh [CASE…]      all of tests/truth/NN-*/, or those named: 11, 11-rejected-hunk, 11-20
#
# A case is a folder NN-NAME; they are 01 to 60. Its files, `linux.tar` and `image.tar` (setup.sh says what they hold) stand in two fresh
# projects, in which its case.bash is read and its functions are called, in bash with -eu:
#
#   # NN: TITLE        the first line of case.bash; the comment behind it tells the story
#   prepare            makes more inputs, in both folders; may be left out
#   plain              what people type or have in a script; ends with `shows`
#   ours               what jkr must do with recipe.lua; says so by `refuses` or `gives`, mends the mistake, and goes on
#
# words.bash has these words and what else a case may use, modules.bash those for kernel modules; tool/ is a small program that several build. What the
# image lacks is a package more in setup.sh, which then makes it anew. A case passes when its plain commands fail in silence as they claim, and jkr is right: a
# clear error at the line of the mistake, or the right result. What the table says of jkr are jkr's own words, or a claim that was just proved.
# The folders in control/ are cases that must not pass, one for each way to be wrong: they are tried first.
# Inputs are kept in build/truth; all else, the store too, is of this run alone, so no result of an older jkr counts. KEEP=1 leaves it;
# STORE=DIR uses that store, for who writes a case and will not wait for the image each time.
set -u
cd "$(dirname "$0")/../.." || exit 1
JKR=$(realpath "${JKR:-build/jkr}") TRUTH=$PWD/tests/truth KEPT=$PWD/build/truth
export JKR TRUTH KEPT

# whole: no case is left out, and none has the number of another
whole() { diff <(seq -f %02g 60) <(basename -a "$TRUTH"/[0-9]*/ | cut -d- -f1); }

if [ $# = 0 ] && ! whole; then
  echo 'truth: the cases are not 01 to 60, each once'
  exit 1
fi
"$TRUTH/setup.sh" "$KEPT" || exit 1
work=$(mktemp -d "$KEPT/run.XXXXXX")
[ -n "${KEEP:-}" ] || trap 'chmod -R u+rwx "$work"; rm -rf "$work"' EXIT

# inputs: what setup.sh made; the projects have links to it, so that a case could write into it
inputs() { stat -c '%n %s %Y' "$KEPT"/*.tar; }

# one FOLDER: runs a case; what it says of both sides is in $work/NAME.plain and .jkr, all else in $work/NAME.log
one() {
  local name side status=0
  name=$(basename "$1")
  for side in plain ours; do
    mkdir -p "$work/$name/$side"
    CELL=$work/$name.$side SIDE=$side STORE=${STORE:-$work/store} timeout "${CASE_SECONDS:-900}" \
      bash -eu "$TRUTH/words.bash" "$(realpath "$1")" "$work/$name/$side" >"$work/$name.$side.log" 2>&1 </dev/null || status=1
    [ -s "$work/$name.$side" ] || status=1
  done
  if [ "$(inputs)" != "$made" ]; then
    echo "truth: $name wrote into linux.tar or image.tar, which it shares with all others: both are made anew the next time"
    rm -f "$KEPT"/*.tar
    exit 1
  fi
  return "$status"
}

row() {
  paste -d '\t' <(fold -s -w 24 <<<"$1") <(fold -s -w 48 <<<"$2") <(fold -s -w 72 <<<"$3") |
    awk -F '\t' '{ printf "%-24s  %-48s  %s\n", $1, $2, $3 }'
  echo
}

# named CASE…: the folders that are meant
named() {
  local folder number word
  for folder in "$TRUTH"/[0-9]*/; do
    number=$((10#$(basename "$folder" | grep -o '^[0-9]*')))
    [ $# -gt 0 ] || echo "$folder"
    for word; do
      case $word in
      *[!0-9-]*) [ "$word" != "$(basename "$folder")" ] || echo "$folder" ;;
      *) [ "$number" -lt "${word%-*}" ] || [ "$number" -gt "${word#*-}" ] || echo "$folder" ;;
      esac
    done
  done
}

passed=0 failed=0 made=$(inputs)
for folder in "$TRUTH"/control/*/; do
  if one "$folder"; then
    echo "truth: the control $(basename "$folder") passed, so a case could pass that is wrong as well"
    failed=$((failed + 1))
  fi
done

row case 'plain commands' jkr
while read -r folder; do
  name=$(basename "$folder") begun=$SECONDS
  title=$(sed -n '1s/^# //p' "$folder/case.bash")
  if one "$folder"; then
    passed=$((passed + 1))
    row "$title" "$(cat "$work/$name.plain")" "$(cat "$work/$name.ours")"
  else
    failed=$((failed + 1))
    row "$title" 'FAILED' "after $((SECONDS - begun)) s: $(cat "$work/$name.plain" "$work/$name.ours" 2>/dev/null)"
    tail -n 40 "$work/$name".*.log
  fi
done < <(named "$@")
echo "truth: $passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
