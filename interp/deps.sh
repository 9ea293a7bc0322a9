#!/bin/sh
# deps.sh: installs Debian packages that building, running or testing jkr needs.
#
# usage: interp/deps.sh build|run|test|torture|bench|boards|analyze|kconfig|farm|source …
#
# Says what is missing and how large it is; then asks, unless YES=1. Without root, sudo or a yes it
# prints the exact line and exits with 6. `source` installs nothing: apt has to know the kernel's source.
set -eu

build='gcc make pkg-config libc6-dev liblua5.4-dev libarchive-dev libgit2-dev libcjson-dev libyaml-dev
  libcurl4-openssl-dev libssl-dev libfdt-dev liblzma-dev libzstd-dev zlib1g-dev libbz2-dev libseccomp-dev
  libprotobuf-c-dev protobuf-c-compiler'
run='bubblewrap mmdebstrap uidmap lbzip2 git ca-certificates xz-utils zstd'
test='strace libcmocka-dev bats libkmod-dev kmod mount device-tree-compiler gcc-aarch64-linux-gnu bison flex bc cpio zip
  clang clang-format libclang-rt-14-dev shellcheck python3 e2fsprogs attr tmux procps man-db patch dpkg-dev
  lua-check python3-yaml python3-jsonschema zsh fish minisign openssh-client openssl docker-registry skopeo
  nginx-light openssh-server ccache distcc b4 libelf1'
torture='faketime gcovr'
bench='ninja-build tup fuse3 hyperfine time quilt gnuplot-nox bzip2 lbzip2'
boards='qemu-system-arm rsync openssh-client xz-utils e2fsprogs'
analyze='clang-tidy valgrind'
kconfig='lld llvm'
farm='slurm-wlm nginx-light'
source='linux-source-6.12'

wanted='' known=''
for group; do
  case $group in
  build) wanted="$wanted $build" ;;
  run) wanted="$wanted $run" ;;
  test) wanted="$wanted $test" ;;
  torture) wanted="$wanted $test $torture" ;;
  bench) wanted="$wanted $test $bench" ;;
  boards) wanted="$wanted $test $boards" ;;
  analyze) wanted="$wanted $test $analyze" ;;
  farm) wanted="$wanted $test $farm" ;;
  kconfig) wanted="$wanted $kconfig" ;;
  source) known=$source ;;
  *)
    echo "deps.sh: there is no group '$group': build, run, test, torture, bench, boards, analyze, kconfig, farm, source" >&2
    exit 2
    ;;
  esac
done

# suites FIELD: a field of every suite that apt has a list of; lists that were never fetched know no package
suites() { apt-get indextargets --format "\$($1)" 'Created-By: Packages'; }

# enable_security: where the kernel's source is, for a machine that has the other suites only
enable_security() {
  # shellcheck disable=SC1091
  release=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
  mirror=$(suites REPO_URI | grep '^http' | head -n 1)
  mirror=${mirror%/}
  cat <<TEXT
apt does not know \`$known\`, the kernel's source: it is in the security suite of Debian 12, which is
not enabled here. Enable it as root (where your mirror has it elsewhere: its address there), then start again:

  echo 'deb ${mirror:-ADDRESS}-security $release-security main' >/etc/apt/sources.list.d/security.list
  apt-get update
TEXT
}

# find_source: stops before any work when apt cannot give the kernel's source
find_source() {
  if [ -z "$known" ] || apt-cache show "$known" >/dev/null 2>&1; then
    return
  fi
  case $(suites RELEASE) in
  *-security*) echo "apt does not know \`$known\`, the kernel's source: run \`apt-get update\`, on Debian 12" ;;
  *) enable_security ;;
  esac
  exit 6
}

missing=
for package in $wanted; do
  state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$state" = installed ] || missing="$missing $package"
done

update=
if [ -n "$missing$known" ] && [ -z "$(suites RELEASE)" ]; then
  update=1
else
  find_source
fi
[ -n "$missing$update" ] || exit 0

root=
[ "$(id -u)" = 0 ] || root='sudo '
line=
[ -z "$update" ] || line="${root}apt-get update"
if [ -n "$missing" ]; then
  line="$line${line:+ && }${root}apt-get install -y --no-install-recommends$missing"
  echo "missing Debian packages:$missing"
else
  echo "apt has no lists of packages"
fi
if [ -z "$update" ]; then
  # shellcheck disable=SC2086
  apt-get -o Debug::NoLocking=1 --print-uris -y --no-install-recommends install $missing 2>/dev/null |
    sed -n 's/^Need to get \(.*\) of archives.$/  to download: \1/p; s/^After this operation, \(.*\) of .*/  on the disk:  \1/p' || true
fi
if [ -n "$root" ] && ! command -v sudo >/dev/null; then
  echo "install them as root: $(echo "$line" | sed 's/sudo //g')"
  exit 6
fi
if [ "${YES:-}" != 1 ]; then
  if [ ! -t 0 ]; then
    echo "to install them, say YES=1, or run: $line"
    exit 6
  fi
  printf 'install them now with %s? [y/N] ' "${root}apt-get"
  read -r answer
  case $answer in
  y | Y | yes) ;;
  *)
    echo "then run: $line"
    exit 6
    ;;
  esac
fi

# shellcheck disable=SC2086
if [ -n "$update" ] || ! apt-get install -s --no-install-recommends $missing >/dev/null 2>&1; then
  ${root}apt-get -q update
  find_source
fi
# shellcheck disable=SC2086
[ -z "$missing" ] || ${root}env DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends $missing
