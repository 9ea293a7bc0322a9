#!/bin/bash
# crowd.sh: many runs on one store, with gc and verify in between and runs that are killed.
#
# usage: crowd.sh        tests/torture/run.sh gives JKR, WORK and TORTURE; crowd.py says what is done
set -u
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck disable=SC2153
mkdir -p "$WORK" && cd "$WORK" || exit 1
exec python3 "$here/crowd.py"
