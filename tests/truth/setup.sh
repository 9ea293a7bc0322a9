#!/bin/bash
# setup.sh: what several cases need, made once and kept: a small real kernel tree, an image of this machine's compilers, and headers of real kernels.
#
# usage: tests/truth/setup.sh FOLDER      FOLDER gets linux.tar, image.tar and headers/ where it lacks them
#
# linux.tar   of Debian's linux-source-6.12 what Kconfig and Kbuild read (Kconfig, Makefile, scripts, configs) and init/: configured in
#             seconds, compiles no kernel. $LINUX_SOURCE is the archive when apt need not be asked.
# image.tar   this machine's own gcc, make, dtc and their like, so that plain commands and jkr have one compiler.
# headers/    what modules are compiled against, of the newest of Debian's kernels 6.1 that the mirror has whole. `rt` leads to the headers of its
#             PREEMPT_RT, `stock` to those without, `arm64` to those of PREEMPT_RT on arm64; kbuild-arm64 has Kbuild's programs for arm64.
set -euo pipefail
home=$(realpath "$(dirname "$0")/../..")
mkdir -p "$1"
kept=$(realpath "$1")
# shellcheck disable=SC2034  # what inputs.bash is told
BENCH_HOME=$home BENCH_OUT=$home/build/bench
# shellcheck source=tests/bench/inputs.bash
. "$home/tests/bench/inputs.bash"

packages=(base-files dash bash coreutils findutils sed grep mawk diffutils tar gzip perl-base make flex bison m4 bc device-tree-compiler
  kmod cpio gcc cpp binutils binutils-common binutils-x86-64-linux-gnu libbinutils gcc-12 cpp-12 libgcc-12-dev libc6-dev linux-libc-dev
  libctf0 libctf-nobfd0 libgprofng0 libelf1 openssl libssl-dev)

make_linux() {
  local archive=${LINUX_SOURCE:-$(linux_source xz)} part=$kept/linux.part
  mkdir -p "$part" && rm -rf "$kept/linux"
  tar -xf "$archive" -C "$part" --strip-components=1 --wildcards '*/Kconfig*' '*/Makefile*' '*/Kbuild*' '*/scripts/*' \
    '*/configs/*' '*/init/*.[ch]'
  tar -cf "$kept/linux.tar.part" --sort=name --owner=0 --group=0 --transform 's,^\./,linux/,' -C "$part" .
  mv "$part" "$kept/linux"
  mv "$kept/linux.tar.part" "$kept/linux.tar"
}

# programs_of PACKAGE…: their files without documentation, one a line, and the libraries that they load
programs_of() {
  local file
  dpkg -L "$@" | grep -vE '^/usr/share/(doc|man|info|locale|lintian|bug)|/(lto1|lto-wrapper|g\+\+|cc1plus)|san(_preinit)?\.[ao]$' |
    while read -r file; do [ ! -f "$file" ] && [ ! -L "$file" ] || echo "$file"; done
}

make_image() {
  local root=$kept/root.part files=$kept/files.part
  mkdir -p "$root"/usr/{bin,sbin,lib,lib64} "$root/etc" "$root/tmp"
  local folder
  for folder in bin sbin lib lib64; do ln -sfn "usr/$folder" "$root/$folder"; done
  programs_of "${packages[@]}" >"$files"
  # alternatives (awk, cc, yacc) lead through /etc
  printf '%s\n' /usr/bin/awk /etc/alternatives/awk /usr/bin/cc /etc/alternatives/cc >>"$files"
  { xargs -r ldd <"$files" 2>/dev/null || :; } | grep -o '/[^ ]*\.so[^ :]*' >"$files.libraries"
  cat "$files" "$files.libraries" | sed -E 's,^/(s?bin|lib|lib64)/,/usr/\1/,' | sort -u >"$files.names"
  # where a link leads to, too
  xargs -r readlink -f <"$files.names" >"$files.targets"
  sort -u "$files.names" "$files.targets" | tar -cPf - --no-recursion -T - | tar -xPf - --transform "s,^/,$root/,SH"
  tar -cf "$kept/image.tar.part" --sort=name --owner=0 --group=0 -C "$root" .
  rm -r "$root" "$files" "$files".*
  mv "$kept/image.tar.part" "$kept/image.tar"
}

# fetch_release RELEASE: its packages, in folders of that name; apt's lists also name some that the mirror has no more
fetch_release() {
  mkdir -p "$1/amd64" "$1/arm64" &&
    (cd "$1/amd64" && apt-get -q download "linux-headers-$1"-{rt-amd64,common-rt,amd64,common} linux-kbuild-6.1) &&
    (cd "$1/arm64" && own_apt && apt-get -q download "linux-headers-$1-rt-arm64" linux-kbuild-6.1)
}

newest_release() {
  local release
  for release in $(apt-cache search --names-only '^linux-headers-6\.1\.0-[0-9]+-rt-amd64$' | grep -oE '6\.1\.0-[0-9]+' | sort -rV); do
    if fetch_release "$release" >>apt.log 2>&1; then
      echo "$release"
      return
    fi
  done
  cat apt.log >&2
  echo 'setup.sh: the mirror has no release of linux-headers-6.1 whole' >&2
  return 1
}

make_headers() {
  local part=$kept/headers.part release deb
  rm -rf "$part" && mkdir "$part" && cd "$part"
  release=$(newest_release)
  for deb in "$release"/amd64/*.deb "$release"/arm64/linux-headers-*.deb; do dpkg-deb -x "$deb" .; done
  dpkg-deb -x "$release"/arm64/linux-kbuild-*.deb kbuild-arm64
  # they are installed nowhere, so that one finds the other beside itself
  sed -i 's,/usr/src/,../,' usr/src/*64/Makefile
  ln -s "usr/src/linux-headers-$release-rt-amd64" rt
  ln -s "usr/src/linux-headers-$release-amd64" stock
  ln -s "usr/src/linux-headers-$release-rt-arm64" arm64
  rm -r lib usr/share kbuild-arm64/usr/share 6.1.0-* apt.log
  rm -rf "$kept/headers"
  mv "$part" "$kept/headers"
}

[ -e "$kept/linux.tar" ] || make_linux
[ -e "$kept/headers" ] || (make_headers)
if [ ! -e "$kept/image.tar" ] || [ "$(cat "$kept/image.packages" 2>/dev/null)" != "${packages[*]}" ]; then
  make_image
  echo "${packages[*]}" >"$kept/image.packages"
fi
