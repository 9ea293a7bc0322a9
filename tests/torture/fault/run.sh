#!/bin/bash
# run.sh: builds the helpers of the fault probes into $WORK and runs one of them (kill, full, memory, power).
#
# usage: JKR=build/jkr WORK=FOLDER tests/torture/fault/run.sh NAME
set -u
fault=$(cd "$(dirname "$0")" && pwd)
# build TO SOURCE [FLAG…]
build() {
  local to=$1 from=$2
  shift 2
  ${CC:-cc} -O2 -Wall "$@" -o "$WORK/$to" "$fault/$from" || exit 1
}
build work work.c -static -s
build inject inject.c
build starve.so starve.c -shared -fPIC
build boot.so boot.c -shared -fPIC
build cut cut.c
export PYTHONDONTWRITEBYTECODE=1
exec python3 "$fault/$1.py"
