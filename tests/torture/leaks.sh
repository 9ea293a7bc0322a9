#!/bin/bash
# leaks.sh: nothing comes in: keys and results are the same whoever calls jkr from wherever, and a program in a
# step sees what it is given and the image, no decoy of this machine.
#
# usage: leaks.sh      tests/torture/run.sh gives JKR, WORK and TORTURE; leaks.py asks the questions
set -u
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=/dev/null
. "$here/../e2e/helper.bash"
# shellcheck disable=SC2153
mkdir -p "$WORK/project" && cd "$WORK/project" || exit 1
mkdir in && echo declared >in/file
gcc -O1 -D_GNU_SOURCE -static -o in/look "$here/leaks/look.c" || exit 1
make_image ls
python3 "$here/leaks/decoys.py" in/decoys
{ head_of; cat <<'LUA'
return run_in_container "look" { "/jkr/given/look", "/jkr/given/decoys", toolchain = img, mounts = { ["/jkr/given"] = "in" },
                                 capture = "seen" }
LUA
} >leaks.lua
exec python3 "$here/leaks/leaks.py"
