#!/bin/bash
# modules.sh: all modules of Debian's arm64 RT kernel, read; and every symbol of theirs proved against it.
#
# usage: tests/bench/run.sh modules
# shellcheck source=/dev/null
. "$BENCH_HOME/tests/bench/bench.bash"
# shellcheck source=/dev/null
. "$BENCH_HOME/tests/bench/inputs.bash"

dir=$(rt_modules) || { cannot "modules of Debian's arm64 RT kernel" "the package could not be fetched" && exit; }
find "$dir" -name '*.ko*' >list
say "one modinfo for all of them: \`xargs modinfo\`, which the names fit into at once"
export dir list=$PWD/list
# shellcheck disable=SC2016
versus "$(wc -l <list) modules of Debian's arm64 RT kernel" 1 9 '"$JKR" vermagic "$dir" >/dev/null' \
  "modinfo" 'xargs -s 1500000 -n 100000 modinfo <"$list" >/dev/null'

work="symbols of $(wc -l <list) modules against their kernel"
headers=$(rt_headers) || { cannot "$work" "the headers could not be fetched" && exit; }
root=${dir%/lib/modules/*} release=$(basename "$dir")
export root release headers
if "$JKR" vermagic "$root" 2>&1 | grep '^note:' >notes; then
  cannot "$work" "jkr compared less than all of it: $(head -n 1 notes)" && exit 1
fi
say "the same proof twice: ours by CRCs of the kernel's image beside the modules, depmod's by its Module.symvers"
# shellcheck disable=SC2016
versus "$work" 300ms 9 '"$JKR" vermagic "$root" >/dev/null' \
  "depmod -e" 'PATH=$PATH:/usr/sbin depmod -b "$root" -n -e -E "$headers/Module.symvers" "$release" 2>&1 >/dev/null | { ! grep . >&2; }'
