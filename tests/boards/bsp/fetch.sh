#!/usr/bin/env bash
# fetch.sh: the Debian packages that the look-alike BSP is made of, through apt, without root.
#
# usage: fetch.sh CACHE         fills CACHE with .deb files and the kernel's patches; what is there is not fetched again
#
# All come from Debian 12's main suite, whose versions change only with a point release. apt works below CACHE/apt: the
# machine's own lists and packages are neither read nor changed. UPDATE=1 fetches the lists again.
# shellcheck disable=SC1091,SC2154
set -euo pipefail

cache=$1
here=$(cd "$(dirname "$0")" && pwd)
. "$here/packages.sh"
. "$here/../../mirror.bash"
mkdir -p "$cache/apt"
cache=$(cd "$cache" && pwd)

# apt_for ARCH COMMAND …: apt-get of that architecture, with lists of its own
apt_for() {
  local arch=$1 state=$cache/apt/$1
  shift
  mkdir -p "$state/lists/partial" "$state/archives/partial"
  : >>"$state/status"
  (cd "$cache" && apt-get -q -o "APT::Architecture=$arch" -o "APT::Architectures::=$arch" -o "Dir::State::Lists=$state/lists" \
    -o "Dir::State::status=$state/status" -o "Dir::Cache=$state" -o "Dir::Etc::SourceList=$cache/apt/sources.list" \
    -o Dir::Etc::SourceParts=/dev/null -o Debug::NoLocking=1 -o "APT::Sandbox::User=$(id -un)" "$@")
}

# have_all ARCH NAME …: whether CACHE holds a .deb of each
have_all() {
  local arch=$1 name
  shift
  for name; do
    compgen -G "$cache/${name}_*_$arch.deb" >/dev/null || compgen -G "$cache/${name}_*_all.deb" >/dev/null || return 1
  done
}

lists() {
  [ -z "${UPDATE:-}" ] && [ -e "$cache/apt/$1/updated" ] && return 0
  apt_for "$1" update >/dev/null
  : >"$cache/apt/$1/updated"
}

from=$(mirror bookworm)
[ -n "$from" ] || { echo "fetch.sh: this machine's apt has no bookworm: add it to its sources" >&2; exit 6; }
printf '%s\n' "deb $from bookworm main" "deb-src $from bookworm main" >"$cache/apt/sources.list.new"
mv "$cache/apt/sources.list.new" "$cache/apt/sources.list"

get() {
  local arch=$1
  shift
  have_all "$arch" "$@" && return 0
  lists "$arch"
  apt_for "$arch" download "$@" >/dev/null
}

get arm64 "${rootfs_packages[@]}"
get amd64 "${toolchain_packages[@]}"
get amd64 linux-source-6.1
deb=$(echo "$cache"/linux-source-6.1_*_all.deb)
version=$(dpkg-deb -f "$deb" Version)
if [ ! -e "$cache/linux_$version.debian.tar.xz" ]; then
  lists amd64
  apt_for amd64 source --diff-only --download-only "linux=$version" >/dev/null
fi
