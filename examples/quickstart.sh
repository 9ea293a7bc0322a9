#!/bin/sh
# quickstart.sh: from a fresh Debian 12 to a PREEMPT_RT kernel that booted. Called by `make quickstart`.
set -eu
cd "$(dirname "$0")/.."
jkr=build/jkr
recipe=qemu-arm64-rt.lua
out=build/qemu-arm64-rt

"$jkr" doctor -q "$recipe" || {
  status=$?
  "$jkr" doctor "$recipe" || true
  cat <<'TEXT'

This machine lacks what a build in bubblewrap needs; the lines above mend it. Where user namespaces
are forbidden for good, a Docker engine serves as well:

  build/jkr run qemu-arm64-rt.lua --backend docker -o build/qemu-arm64-rt
TEXT
  exit "$status"
}
exec "$jkr" run "$recipe" -o "$out"
