#!/bin/bash
# board.sh: the recipe of the Orin NX on the look-alike of its BSP, from archives to the bundle, and after one change, beside the
# same work by shell and make (tests/boards/shell.sh).
#
# usage: tests/bench/run.sh board        env: BOARDS, as for tests/boards/check.sh; BSP_CACHE, Debian packages that were fetched before
#                                        BUILT=1: goes on from what `make check-boards` built there; no row that is cold
#
# The look-alike is that of `make check-boards`, made when it is not there (350 MB fetched, 5 minutes); with it the row takes
# about ten minutes of a machine with two processors, most of them two kernels from nothing. So only what takes seconds has more
# than one round. With BUILT=1 it takes the store and the tree of that check, whose file `took` says what both took when they
# were cold. Cold is without the image that jkr compiles in, which is made before: shell.sh takes the tools of this machine. jkr's side also checks symbols, vermagic, CRCs and the image,
# and signs nothing; the shell's checks nothing. After a change the shell runs the phases that a person would who knows what
# depends on it: it is told, jkr finds out. A changed thing is another one each time.
# shellcheck source=/dev/null
. "$BENCH_HOME/tests/bench/bench.bash"
boards=$BENCH_HOME/tests/boards board=$BENCH_OUT/board
made=${BOARDS:-$BENCH_HOME/build/boards}
export BSP_CACHE=${BSP_CACHE:-$made/cache} JKR_DOWNLOADS=$board/staged
cold="the board from its archives" patch="one vendor patch changed" symbol="one symbol changed" overlay="one overlay changed"

project=$board/project
if [ -n "${BUILT:-}" ]; then
  # a warm folder belongs to a recipe by its path
  project=$made/project JKR_DOWNLOADS=$made/staged
  if ! { mkdir -p "$board" && [ -e "$project/jkr.lock" ] && [ -d "$made/store" ] && [ -e "$made/shell/direct" ]; }; then
    cannot "$patch" "$made is not what make check-boards leaves"
    exit 1
  fi
elif ! { mkdir -p "$board" "$made" && "$boards/bsp/ready.sh" "$made/bsp" && rm -rf "$JKR_DOWNLOADS" "$project" &&
  cp -r "$made/bsp" "$JKR_DOWNLOADS" && "$boards/project.sh" "$made/bsp" "$project"; } >ready.log 2>&1; then
  tail -n 5 ready.log
  cannot "$cold" "the look-alike could not be made"
  exit 1
fi

patched=$JKR_DOWNLOADS/zedx-driver/nvidia_kernel/kernel_patches/R36.4/0001-camera-eight-lanes.patch
dts=tegra234-p3768-camera-zedlink-mono-sl-overlay.dts
overlays=$JKR_DOWNLOADS/zedx-driver/src/hardware/stereolabs/overlay

fragment=$project/fragments/lookalike.config
grep -q CONFIG_DEFAULT_HOSTNAME= "$fragment" || echo 'CONFIG_DEFAULT_HOSTNAME="tegra"' >>"$fragment"

export project boards store hand out=$PWD/out
# shellcheck disable=SC2016
jkr='cd "$project" && "$JKR" run orin-nx-rt.lua --profile lookalike -q' shell='"$boards/shell.sh" "$JKR_DOWNLOADS"'
# shellcheck disable=SC2016
again='export JKR_STORE=$store; '"$jkr"' -o "$out"'

# change SIDE OURS THEIRS BEFORE AFTER: what stands behind BEFORE in the file of that side alone, so that no later row builds what the
# other was given; @@ in AFTER is a number that was not there before. `prepare` is called in a shell of its own, so it is counted in a file.
echo $(($(date +%s) % 100000)) >"$board/number" # one that is not in the store
# shellcheck disable=SC2317
change() {
  local file=$2 number
  number=$(($(cat "$board/number") + 1)) && echo "$number" >"$board/number"
  [ "$1" = jkr ] || file=$hand/Linux_for_Tegra/source/$3
  grep -q "$4" "$file" && sed -i "s/\($4\).*/\1${5/@@/"$number"}/" "$file" # a patch has an @@ of its own
}
a_symbol() { change "$1" "$fragment" kernel/kernel-jammy-src/arch/arm64/configs/defconfig CONFIG_DEFAULT_HOSTNAME= '"tegra-@@"'; }

# shellcheck disable=SC2317
prepare() {
  echo "$RUN" >"$board/$1.last"
  [ "$1" != jkr ] || bash -c "$jkr toolchain/bootlin-aarch64-2022.08"
}
# shellcheck disable=SC2016
if [ -n "${BUILT:-}" ]; then
  store=$made/store hand=$made/shell
  # whatever was built last: the warm folders are those of this board, with these options
  if ! { a_symbol jkr && bash -c "$again"; }; then
    cannot "$patch" "the board could not be built"
    exit 1
  fi
else
  versus "$cold" - 1 "$jkr -o \"\$RUN/out\"" "shell" "$shell \"\$RUN/work\"" || exit 1
  store=$(cat "$board/jkr.last")/store hand=$(cat "$board/shell.last")/work
fi
unset -f prepare

# a plan is kept only when nothing that it rests on is younger than two seconds
# shellcheck disable=SC2016
shell+=' "$hand"' # bench.bash has a `work` of its own
bash -c "$again" && sleep 3 && bash -c "$again" || exit 1
(cd "$project" && JKR_STORE=$store quick "the board, nothing to do" "100ms" 3 \
  "$JKR run orin-nx-rt.lua --profile lookalike -q -o $out")
versus "the board, nothing to do" - 1 "$again" "shell" "$shell kernel modules dtbs vendor overlay install bundle"

# shellcheck disable=SC2317
prepare() { change "$1" "$patched" nvidia-oot/drivers/media/platform/tegra/camera/camera_common.h '^+\{0,1\}#define CAMERA_COMMON_MAX_LANES ' @@; }
versus "$patch" - 2 "$again" "shell" "$shell modules vendor install bundle"

# shellcheck disable=SC2317
prepare() { a_symbol "$1"; }
versus "$symbol" - 1 "$again" "shell" "$shell kernel modules vendor headers install bundle"

# shellcheck disable=SC2317
prepare() { change "$1" "$overlays/$dts" "hardware/nvidia/t23x/nv-public/$dts" 'num-links = ' '<@@>;'; }
versus "$overlay" - 3 "$again" "shell" "$shell overlay install bundle"
