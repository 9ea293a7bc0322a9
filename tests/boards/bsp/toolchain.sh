#!/usr/bin/env bash
# toolchain.sh: Debian's cross compiler in the shape of Bootlin's archive; works from any folder.
#
# usage: toolchain.sh CACHE OUT      OUT/bin/aarch64-buildroot-linux-gnu-gcc …
#
# As Bootlin's, the programs in bin/ are one small wrapper that finds the real ones, and the libraries that they run with, beside itself.
# shellcheck disable=SC1091,SC2154
set -euo pipefail

cache=$1 out=$2
here=$(cd "$(dirname "$0")" && pwd)
. "$here/packages.sh"
real=$out/lib/toolchain
mkdir -p "$out/bin" "$real"

for name in "${toolchain_packages[@]}"; do
  deb=$(compgen -G "$cache/${name}_*_amd64.deb" || compgen -G "$cache/${name}_*_all.deb")
  dpkg-deb --fsys-tarfile "$deb" | tar -C "$real" -x --no-same-owner \
    --exclude='./usr/share*' --exclude='*/lto*' --exclude='*/gdb*' --exclude='*.gox' --exclude='*/plugin*' \
    --exclude='*/bin/*-gcov*' --exclude='*/bin/*-dwp' --exclude='*/bin/*-gprof' --exclude='*/bin/*gold*' --exclude='*san.*' \
    --exclude='*/include/libgomp*' --exclude='*_tm.*' --exclude='*/ldscripts/*32*'
done
# links between folders of the compiler's own stay; what links to the machine's files becomes relative
find "$real" -type l -lname '/*' | while read -r link; do
  target=$(readlink "$link")
  ln -sfn "$(realpath -m --relative-to="$(dirname "$link")" "$real$target")" "$link"
done
# scripts of the linker name the machine's folder
for script in "$real"/usr/aarch64-linux-gnu/lib/*.so; do
  if [ "$(head -c 2 "$script")" = '/*' ]; then
    sed -i 's,/usr/aarch64-linux-gnu/lib/,,g' "$script"
  fi
done
find "$real" -xtype l -delete
find "$real" -type d -empty -delete

gcc -O2 -static -s -o "$out/bin/toolchain-wrapper" "$here/toolchain-wrapper.c"
for program in "$real"/usr/bin/aarch64-linux-gnu-*; do
  name=${program##*/aarch64-linux-gnu-}
  ln -sf toolchain-wrapper "$out/bin/aarch64-buildroot-linux-gnu-${name%-12}"
  [ "$name" = "${name%-12}" ] && continue
  mv "$program" "${program%-12}"
done
mkdir -p "$out/share/buildroot"
echo '# the place where this archive was made; nothing in it depends on it' >"$out/share/buildroot/sdk-location"
