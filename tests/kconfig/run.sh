#!/bin/bash
# run.sh: what jkr says of Kconfig symbols, proved on random ones: each asked alone, the lines that it proposes read by the tree's own
# olddefconfig, with and without each of them; where it says that no lines help, configurations at random look for some.
#
# usage: tests/kconfig/run.sh [COUNT [SEED [TREE:ARCH…]]]      500 symbols for each of 6.1 and 6.12, arm, arm64, x86_64 and riscv,
#                                                             on defconfig and on allnoconfig
#
# A tree is a folder, /usr/src/linux-source-TREE.tar.xz, or Debian's package, fetched by apt-get; of an archive only what Kconfig reads is unpacked.
# LINUX_6_1=DIR and LINUX_6_12=DIR name folders. arm and riscv are configured with clang. The helper (stdlib/kwhy) and its judge
# (judge.c) are loaded once for all symbols; that the judge is what `make olddefconfig` is, is proved on one configuration of each.
# The columns: asked; met at once; fixed; by how many lines in all; proved impossible; fixes of two lines for which no one line,
# choices left out, does; of 10 requests of two to six symbols those fixed together, and those proved impossible together; wrong, which must be 0.
set -u
cd "$(dirname "$0")/../.." || exit 1
top=$PWD work=$PWD/build/kconfig count=${1:-500} seed=${2:-1} failed=0
shift $(($# < 2 ? $# : 2))
mkdir -p "$work"

# source_of TREE: its folder
source_of() {
  local var=LINUX_${1/./_} dir=$work/linux-$1 tar=/usr/src/linux-source-$1.tar.xz
  [ -z "${!var:-}" ] || { echo "${!var}" && return; }
  if [ ! -e "$dir/Kconfig" ]; then
    [ -e "$tar" ] || tar=$work/linux-source-$1.tar.xz
    [ -e "$tar" ] || (cd "$work" && apt-get -q download "linux-source-$1" >&2 &&
      dpkg-deb --fsys-tarfile "linux-source-$1"_*.deb | tar -xO "./usr/src/linux-source-$1.tar.xz" >"$tar") || return
    mkdir -p "$dir"
    tar -xf "$tar" -C "$dir" --strip-components=1 --wildcards '*/Kconfig*' '*/Makefile*' '*/Kbuild*' '*/scripts/*' \
      '*/arch/*/configs/*' '*/kernel/configs/*' '*/arch/*/tools/*' '*/rust/*' || return
  fi
  echo "$dir"
}

# tools ARCH: variables of make, which Kconfig gets as well
tools() {
  case $1 in
  x86_64) ;;
  arm64) echo CROSS_COMPILE=aarch64-linux-gnu- ;;
  *) echo LLVM=1 ;;
  esac
}

# environment SOURCE ARCH: what the kernel's Makefile exports to Kconfig
environment() {
  local version prefix
  version=$(make -s -C "$1" kernelversion) || return
  export srctree=$1 objtree=. ARCH=$2 SRCARCH=${2/x86_64/x86} KERNELVERSION=$version CONFIG_SHELL=sh LC_ALL=C
  export HOSTCC=gcc HOSTCXX=g++ PAHOLE=pahole RUSTC=rustc BINDGEN=bindgen PYTHON3=python3 PERL=perl KCONFIG_CONFIG=.config
  case $(tools "$2") in
  LLVM=1)
    prefix=$([ "$2" = arm ] && echo arm-linux-gnueabi || echo riscv64-linux-gnu)
    export LLVM=1 CC=clang LD=ld.lld AR=llvm-ar NM=llvm-nm OBJCOPY=llvm-objcopy CLANG_FLAGS="--target=$prefix -fintegrated-as"
    ;;
  *)
    prefix=$([ "$2" = arm64 ] && echo aarch64-linux-gnu-)
    export CROSS_COMPILE=$prefix CC=${prefix}gcc LD=${prefix}ld AR=${prefix}ar NM=${prefix}nm OBJCOPY=${prefix}objcopy
    ;;
  esac
  CC_VERSION_TEXT=$($CC --version | head -n 1 | tr -d '#') RUSTC_VERSION_TEXT=$(rustc --version 2>/dev/null)
  export CC_VERSION_TEXT RUSTC_VERSION_TEXT
}

# program NAME SOURCE FILE…: linked against the tree's Kconfig, as jkr does it
program() {
  local objects=() object
  for object in scripts/kconfig/*.o; do [ "${object##*/}" = conf.o ] || objects+=("$object"); done
  gcc -w -O1 -I"$2/scripts/kconfig" -I"$2/scripts/include" -Iscripts/kconfig -o "$1" "${@:3}" "${objects[@]}"
}

# same_as_make SOURCE ARCH: the judge writes what `make olddefconfig` does
same_as_make() {
  printf 'keep\tjudged\tCONFIG_EXPERT=y\t# CONFIG_NET is not set\n' | ./judge Kconfig "$PWD/defconfig" >judge.log || return
  (cat defconfig && printf 'CONFIG_EXPERT=y\n# CONFIG_NET is not set\n') >.config
  # shellcheck disable=SC2046
  env -i PATH="$PATH" make -s -C "$1" O="$PWD" ARCH="$2" $(tools "$2") olddefconfig 2>make.log && cmp judged .config
}

# one TREE ARCH: its rows
one() (
  source=$(realpath "$(source_of "$1")") || exit 1
  mkdir -p "$work/$1-$2" && cd "$work/$1-$2" || exit 1
  for base in defconfig allnoconfig; do
    [ -e "$base" ] && continue
    # shellcheck disable=SC2046
    make -s -C "$source" O="$PWD" ARCH="$2" $(tools "$2") "$base" >make.log 2>&1 && cp .config "$base" || exit 1
  done
  environment "$source" "$2" && program kwhy "$source" "$top"/stdlib/kwhy/*.c &&
    program judge "$source" "$top/tests/kconfig/judge.c" || exit 1
  same_as_make "$source" "$2" || { echo "$1 $2: the judge is not what make olddefconfig is" >&2 && exit 1; }
  status=0
  for base in ${BASES:-defconfig allnoconfig}; do
    python3 "$top/tests/kconfig/ask.py" "$1" "$2" "$PWD/$base" "$count" "$seed" ./kwhy ./judge || status=1
  done
  exit "$status"
)

printf '%-5s %-7s %-12s %5s %6s %6s %6s %6s %6s %6s %6s %6s\n' tree arch base asked met fixed lines never least group clash wrong
for pair in "${@:-}"; do
  for tree in 6.1 6.12; do
    for arch in arm arm64 x86_64 riscv; do
      [ -z "$pair" ] || [ "$pair" = "$tree:$arch" ] || continue
      one "$tree" "$arch" || failed=$((failed + 1))
    done
  done
done
echo "kconfig: $failed of the trees and architectures with wrong answers"
[ "$failed" -eq 0 ]
