#!/bin/bash
# bare.bash: make on a kernel in the image, without jkr: plain folders, bound by bwrap, no overlay, the same
# variables and paths as jkr's.
#
# usage: [CCACHE_FOLDER=DIR] bare.bash IMAGE SOURCE OBJDIR [ARGUMENT…]      of make; DIR for ccache
set -u
image=$1 source=$2 objdir=$3
shift 3
mkdir -p "$objdir" || exit 1
[ -z "${CCACHE_FOLDER:-}" ] || cached=(--bind "$CCACHE_FOLDER" /jkr/ccache --setenv CCACHE_DIR /jkr/ccache)
root=()
for name in "$image"/*; do
  case ${name##*/} in
  proc | sys | dev | tmp | run) ;;
  *) if [ -L "$name" ]; then root+=(--symlink "$(readlink "$name")" "/${name##*/}"); else root+=(--ro-bind "$name" "/${name##*/}"); fi ;;
  esac
done
exec bwrap --unshare-all --die-with-parent --new-session --clearenv --cap-drop ALL --hostname jkr --uid 0 --gid 0 \
  "${root[@]}" --proc /proc --dev /dev --tmpfs /tmp --tmpfs /run --dir /jkr \
  --bind "$source" /jkr/src --bind "$objdir" /jkr/build ${cached[@]+"${cached[@]}"} \
  --setenv PATH /usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin --setenv HOME /tmp \
  --setenv LC_ALL C --setenv TZ UTC --setenv USER jkr --setenv LOGNAME jkr \
  --setenv KBUILD_BUILD_USER jkr --setenv KBUILD_BUILD_HOST jkr --setenv KBUILD_BUILD_VERSION 1 \
  --setenv KBUILD_BUILD_TIMESTAMP "Thu Jan  1 00:00:00 UTC 2026" --chdir / -- \
  make -C /jkr/src O=/jkr/build ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu- "$@"
