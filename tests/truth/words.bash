#!/bin/bash
# words.bash: runs one side of one case, and has the words that a case.bash is written in. run.sh starts it.
#
# usage: CELL=FILE SIDE=plain|ours STORE=DIR bash -eu words.bash CASE FOLDER      CELL gets what the table says
set -o pipefail
export LC_ALL=C NO_COLOR=1 JKR_STORE=$STORE JKR_PATH=$TRUTH HOME=$STORE.home LINUX=$KEPT/linux
unset MAKEFLAGS MAKELEVEL JKR_JOBS JKR_BACKEND

jkr() { "$JKR" "$@"; }

wrong() {
  echo "WRONG: $*" >&2
  return 1
}

# says WORDS: one more sentence of the table
said=
says() {
  said="${said:+$said; }$1"
  echo "$said" >"$CELL"
}

# shows WORDS COMMAND…: COMMAND succeeds, so WORDS are what plain commands did
shows() {
  "${@:2}" || wrong "not so: $1"
  says "$1"
}

# gives WORDS COMMAND…: likewise of jkr
gives() { shows "$@"; }

# no COMMAND…: it fails (a bare `!` never ends a case)
no() {
  if "$@"; then wrong "unexpectedly true: $*"; fi
}

# runs [ARG…]: `jkr run recipe.lua` succeeds and puts what the recipe returns into out/; what it said is in `said`
runs() {
  jkr run recipe.lua -o out --progress plain "$@" >said 2>&1 || { cat said; wrong 'jkr failed'; }
}

# fails [ARG…]: it fails as a finished jkr does, and what it said is in `said`
fails() {
  local status=0
  jkr run recipe.lua -o out -q "$@" >said 2>&1 || status=$?
  cat said
  [[ $status == [1-8] ]] || wrong "exit status $status where jkr should have refused"
}

# place FILE TEXT: FILE:LINE of the only line that holds TEXT
place() {
  local lines
  lines=$(grep -nF -- "$2" "$1" | cut -d: -f1)
  [[ $lines =~ ^[0-9]+$ ]] || wrong "\`$2\` does not name one line of $1" || return 1
  echo "$1:$lines"
}

# first_error: CODE, place and reason of the first error in `said`
first_error() {
  awk '/^error\[/ && !code { code = substr($0, 7, 5); text = substr($0, 15) }
    /^ +--> / && !at { at = $2 }
    /^ +\| +\^+ / && !label { label = $0; sub(/^ +\| +\^+ /, "", label) }
    END { if (at ~ /:[0-9]+:[0-9]+$/) sub(/:[0-9]+$/, "", at); print code " at " at ": " text (label ? ": " label : "") }' said
}

# refuses CODE FILE TEXT WORDS…: jkr fails with this code at the line of FILE that holds TEXT, and says all WORDS. A mistake in a
# patch is shown there, with the line of the recipe in a note: FILE may be either.
refuses() {
  local at words
  at=$(place "$2" "$3")
  fails ${with[@]+"${with[@]}"}
  grep -qF "error[$1]" said || wrong "no $1"
  grep -qE -- "--> $at(:|\$)|in step .*, $at\$" said || wrong "nothing at $at"
  for words in "${@:4}"; do
    grep -qF -- "$words" said || wrong "it does not say: $words"
  done
  says "$(first_error)"
}

# lints FILE TEXT WORDS…: `jkr lint` names, before anything is built, the line of FILE that holds TEXT, and says all WORDS
lints() {
  local at words status=0
  at=$(place "$1" "$2")
  jkr lint recipe.lua >said 2>&1 || status=$?
  cat said
  [ "$status" = 3 ] || wrong "exit status $status where jkr lint should have found something"
  grep -qE -- "--> $at(:|\$)" said || wrong "nothing at $at"
  for words in "${@:3}"; do
    grep -qF -- "$words" said || wrong "it does not say: $words"
  done
  says "before, at $at: $(grep -B1 -m1 -E -- "--> $at(:|\$)" said | sed -n '1s/^error\[E1210\]: //p')"
}

# clean: `jkr lint` finds nothing any more
clean() { jkr lint recipe.lua >said 2>&1 || { cat said; wrong 'jkr lint still finds something'; }; }

# differs TEXT WORDS…: two builds differ, which is said at the line of recipe.lua that holds TEXT, with all WORDS
differs() {
  local at words
  at=$(place recipe.lua "$1")
  fails --twice
  grep -qF 'error[E1201]' said || wrong 'no E1201'
  grep -qE -- "--> $at(:|\$)" said || wrong "nothing at $at"
  for words in "${@:2}"; do
    grep -qF -- "$words" said || wrong "it does not say: $words"
  done
  says "after two builds, at $at: $(grep -m1 -F -- "$2" said | sed 's/^ *= help: //')"
}

# equal WORDS: two builds are equal to the byte
equal() {
  runs --twice
  gives "$1" grep -q 'equal to the byte' said
}

# mend FILE OLD NEW: the mistake is mended
mend() {
  grep -qF -- "$2" "$1" || wrong "$1 does not hold: $2"
  OLD=$2 NEW=$3 perl -0pi -e 's/\Q$ENV{OLD}\E/$ENV{NEW}/' "$1"
}

# configured: o/ is a build folder of the kernel with the smallest configuration and the programs of Kconfig
configured() {
  if [ ! -e "$STORE.configured" ]; then
    make -s -C "$LINUX" O="$STORE.configured.part" ARCH=x86 tinyconfig
    mv "$STORE.configured.part" "$STORE.configured"
  fi
  cp -a "$STORE.configured" o
}

# kmake GOAL…: make of the kernel, in o/
kmake() { make -s -C "$LINUX" O="$PWD/o" ARCH=x86 "$@"; }

case=$1
cd "$2" || exit 1
find "$case" -mindepth 1 -maxdepth 1 ! -name case.bash -exec cp -R {} . \;
ln "$KEPT/linux.tar" "$KEPT/image.tar" .
: >jkr.yaml # a project of its own
prepare() { :; }
with=() # arguments of jkr in `refuses`
# shellcheck source=/dev/null
. "$case/case.bash"
prepare
"$SIDE"
