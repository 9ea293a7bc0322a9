#!/bin/sh
# floors.sh: proves that each folder of interp/ includes only what lies below it, and that each
# third-party library has one home.
set -eu
cd "$(dirname "$0")/../interp"
bad=0

# folder: the folders it may include
allowed() {
  case $1 in
  base) echo base ;;
  os) echo os base ;;
  data) echo data os base ;;
  model) echo model data os base ;;
  prim) echo prim model data os base ;;
  store) echo store model data os base ;;
  lua) echo lua model data os base ;;
  run) echo run store model data os base ;;
  *) echo cmd cli run store lua prim model data os base ;;
  esac
}

for folder in */; do
  folder=${folder%/}
  may=" $(allowed "$folder") "
  # shellcheck disable=SC2013
  for hit in $(grep -rhoE '^#include "[a-z]+/' "$folder" | sed 's/.*"//; s,/,,' | sort -u); do
    case $may in
    *" $hit "*) ;;
    *)
      echo "interp/$folder includes $hit/, which does not lie below it:"
      grep -rnE "^#include \"$hit/" "$folder" | sed 's/^/  interp\//'
      bad=1
      ;;
    esac
  done
done

# header pattern: the only files (or folder) that may include it
home() {
  found=$(grep -rlE "^#include <($1)>" . | sed 's,^\./,,' | grep -vE "^($2)\$" || true)
  if [ -n "$found" ]; then
    echo "<$1> is included outside its home ($2):"
    echo "$found" | sed 's/^/  interp\//'
    bad=1
  fi
}

home 'lua\.h|lauxlib\.h|lualib\.h' 'lua/.*'
home 'archive\.h|archive_entry\.h' 'data/archive[a-z_]*\.[ch]'
home 'git2\.h' 'data/git\.c'
home 'cJSON\.h|cjson/cJSON\.h' 'data/json\.c'
home '.*\.pb-c\.h|protobuf-c/.*' 'data/action_result\.c'
home 'yaml\.h' 'data/yaml\.c'
home 'curl/curl\.h' 'os/http[a-z_]*\.[ch]'
home 'libfdt\.h' 'data/fdt\.c'
home 'openssl/.*' 'base/hash\.c|data/ed25519\.c|data/modsign\.c'
home 'seccomp\.h' 'lua/.*'
home 'lzma\.h' 'data/deco[a-z_]*\.[ch]'
home 'iconv\.h' 'data/charset\.c'

echo "floors: $((1 - bad)) passed, $bad failed"
exit $bad
