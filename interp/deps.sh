#!/bin/sh
# deps.sh: installs Debian packages that building, running or testing jkr needs.
#
# usage: interp/deps.sh build|run|test …
#
# Says what is missing and how large it is; then asks, unless YES=1. Without root, sudo or a yes it
# prints the exact line and exits with 6.
set -eu

build='gcc make pkg-config libc6-dev liblua5.4-dev libarchive-dev libgit2-dev libcjson-dev libyaml-dev
  libcurl4-openssl-dev libssl-dev libfdt-dev liblzma-dev libzstd-dev zlib1g-dev libbz2-dev libseccomp-dev'
run='bubblewrap mmdebstrap uidmap lbzip2 git ca-certificates xz-utils zstd'
test='libcmocka-dev bats libkmod-dev kmod device-tree-compiler gcc-aarch64-linux-gnu bison flex bc cpio zip
  clang clang-format libclang-rt-14-dev shellcheck python3-minimal attr tmux procps man-db'

wanted=
for group; do
  case $group in
  build) wanted="$wanted $build" ;;
  run) wanted="$wanted $run" ;;
  test) wanted="$wanted $test" ;;
  *)
    echo "deps.sh: there is no group '$group': build, run, test" >&2
    exit 2
    ;;
  esac
done

missing=
for package in $wanted; do
  state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$state" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

root=
[ "$(id -u)" = 0 ] || root=sudo
line="$root apt-get install -y --no-install-recommends$missing"
echo "missing Debian packages:$missing"
if [ -n "$root" ] && ! command -v sudo >/dev/null; then
  echo "install them as root:$line" | sed 's/:sudo /: /'
  exit 6
fi
if [ "${YES:-}" != 1 ]; then
  if [ ! -t 0 ]; then
    echo "to install them, say YES=1, or run: $line"
    exit 6
  fi
  printf 'install them now with %s? [y/N] ' "${root:-apt-get}"
  read -r answer
  case $answer in
  y | Y | yes) ;;
  *)
    echo "then run: $line"
    exit 6
    ;;
  esac
fi

# lists that were never fetched know no package
# shellcheck disable=SC2086
if ! apt-get install -s --no-install-recommends $missing >/dev/null 2>&1; then
  $root apt-get -q update
fi
# shellcheck disable=SC2086
$root env DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends $missing
