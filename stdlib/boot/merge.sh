#!/bin/sh
# merge.sh: applies the overlays in /jkr/in/overlays, in order, to the device tree in /jkr/in/base.
set -eu
base=$(find -L /jkr/in/base -name '*.dtb' -o -type f | head -n 1)
set --
n=1
while [ -e "/jkr/in/overlays/$n" ]; do
  set -- "$@" "$(find -L "/jkr/in/overlays/$n" -name '*.dtbo' -o -type f | head -n 1)"
  n=$((n + 1))
done
if [ $# = 0 ]; then
  cp "$base" /jkr/out/merged.dtb
else
  fdtoverlay -i "$base" -o /jkr/out/merged.dtb "$@"
fi
