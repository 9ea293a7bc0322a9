#!/bin/bash
# symbols.sh: `make check-symbols`: tests/e2e/symbols.bats on all modules of Debian's arm64 RT kernel as well: every symbol that they
# import, by jkr and by `depmod -e -E`, as they are and with some of them damaged.
#
# usage: JKR=build/jkr tests/symbols.sh      the modules and the kernel's headers are fetched once, into build/bench/inputs
set -eu
cd "$(dirname "$0")/.."
# shellcheck disable=SC2034  # what inputs.bash is told
BENCH_OUT=$PWD/build/bench BENCH_HOME=$PWD
# shellcheck source=tests/bench/inputs.bash
. tests/bench/inputs.bash
modules=$(rt_modules) headers=$(rt_headers)
JKR_TEST_SYMBOLS=$(mktemp -d "$PWD/build/symbols.XXXXXX")
trap 'rm -rf "$JKR_TEST_SYMBOLS"' EXIT
export JKR_TEST_SYMBOLS
mkdir -p "$JKR_TEST_SYMBOLS/lib/modules" "$JKR_TEST_SYMBOLS/headers/include/config"
cp -r "$modules" "$JKR_TEST_SYMBOLS/lib/modules/"
cp "$headers/.config" "$headers/Module.symvers" "$JKR_TEST_SYMBOLS/headers/"
basename "$modules" >"$JKR_TEST_SYMBOLS/headers/include/config/kernel.release"
echo "symbols: $(find "$JKR_TEST_SYMBOLS" -name '*.ko' | wc -l) modules of $(basename "$modules")"
tests/bats.sh symbols tests/e2e/symbols.bats
