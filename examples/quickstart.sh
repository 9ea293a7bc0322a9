#!/bin/sh
# quickstart.sh: from a fresh Debian 12 to a PREEMPT_RT kernel that booted. Called by `make quickstart`.
set -eu
cd "$(dirname "$0")/.."
jkr=build/jkr
recipe=qemu-arm64-rt.lua
out=build/qemu-arm64-rt

found=$("$jkr" doctor "$recipe") || {
  status=$?
  printf '%s\n' "$found"
  case $found in
  *'MISSING userns'* | *'MISSING sandbox'*)
    cat <<TEXT

This machine does not allow the sandbox that a build runs in; the lines above mend it. Where user namespaces
are forbidden for good, a Docker engine serves as well (apt install docker.io):

  $jkr run $recipe --backend docker -o $out
TEXT
    ;;
  esac
  exit "$status"
}
exec "$jkr" run "$recipe" -o "$out"
