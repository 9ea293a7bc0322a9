#!/bin/bash
# start.sh: what starting costs: the program, and a plan of a real recipe that is built.
#
# usage: tests/bench/run.sh start        KERNEL_STORE=FOLDER is a store in which recipes/qemu-arm64-rt.lua is built
#                                        and KERNEL_PROJECT=FOLDER the checkout whose jkr.lock it was built with:
#                                        what `make quickstart` leaves; ~/.cache/jkr and this checkout unless told
# shellcheck source=/dev/null
. "$BENCH_HOME/tests/bench/bench.bash"
recipe=recipes/qemu-arm64-rt.lua
work="jkr plan qemu-arm64-rt.lua, nothing to do"

quick "jkr --version" 3ms 5 "$JKR --version"
cd "${KERNEL_PROJECT:-$BENCH_HOME}" || exit 1
export JKR_STORE=${KERNEL_STORE:-${XDG_CACHE_HOME:-$HOME/.cache}/jkr}
if "$JKR" plan "$recipe" --fail-if-changes -q >/dev/null 2>&1; then
  # a run keeps its plan, once nothing that it rests on is younger than two seconds
  "$JKR" run "$recipe" -q >/dev/null 2>&1 && sleep 3 && "$JKR" run "$recipe" -q >/dev/null 2>&1
  quick "$work" 50ms 5 "$JKR plan $recipe"
else
  lacks "$work" "built store" "run \`make quickstart\` first, or say KERNEL_STORE and KERNEL_PROJECT"
fi
