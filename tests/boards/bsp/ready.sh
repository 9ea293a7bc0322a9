#!/usr/bin/env bash
# ready.sh: the look-alike in a folder, made again only when what it is made from changed.
#
# usage: ready.sh OUT        env: BSP_CACHE, as for make.sh
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
# the sources' hash tells whether the archives are theirs
sources=$(cd "$here" && find . -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum | cut -d ' ' -f 1)
[ "$(cat "$1/.sources" 2>/dev/null)" = "$sources" ] && exit 0
"$here/make.sh" "$1"
echo "$sources" >"$1/.sources"
