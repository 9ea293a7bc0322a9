#!/bin/bash
# untar.sh: linux-source, as .tar.bz2 and as .tar.xz, to a stored tree and to a folder.
#
# usage: tests/bench/run.sh untar
# shellcheck source=/dev/null
. "$BENCH_HOME/tests/bench/bench.bash"
# shellcheck source=/dev/null
. "$BENCH_HOME/tests/bench/inputs.bash"

say "ours is a whole \`jkr run\` with an empty store: plan, hash of the archive, files and their hashes, list, syncfs;" \
  "tar hashes nothing and does not wait for the disk"

# compare_kind KIND REACH [PEER COMMAND]…
compare_kind() {
  local kind=$1 reach=$2 file
  shift 2
  file=$(linux_source "$kind") || { cannot "untar .tar.$kind" "linux-source-6.12 could not be fetched" && return; }
  cat >"recipe.$kind.lua" <<LUA
recipe "u" { version = "1", license = "MIT", summary = "untar" }
return bundle "u" { untar "src" { "linux-source-6.12.tar.$kind", strip = 1 } }
LUA
  prepare() {
    [ "$1" = jkr ] && cp "../recipe.$kind.lua" recipe.lua && ln -f "$file" .
    return 0
  }
  versus "untar .tar.$kind" "$reach" 3 "\"$JKR\" run recipe.lua src >/dev/null" "$@"
}

bz2=$(linux_source bz2) && xz=$(linux_source xz)
compare_kind bz2 "0.6 1.0" "tar -xf" "tar -xf $bz2" "tar -I lbzip2 -xf" "tar -I lbzip2 -xf $bz2" "lbzip2 alone" "lbzip2 -dc $bz2 >/dev/null"
compare_kind xz "0.75" "tar -xf" "tar -xf $xz" "xz -T2 alone" "xz -T2 -dc $xz >/dev/null"
