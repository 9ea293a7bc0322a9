#!/bin/sh
# initrd.sh NAME: the initrd at /jkr/initrd with the modules of /jkr/modules in place of its own; what became of each in initrd.txt.
set -eu
name=$1
release=$(cat /jkr/headers/include/config/kernel.release)
new=/jkr/modules/lib/modules/$release
tree=/tmp/initrd
mkdir "$tree"
cd "$tree"

case $(head -c 2 /jkr/initrd | od -An -tx1 | tr -d ' \n') in
1f8b) gzip -dc /jkr/initrd ;;
fd37) xz -dc /jkr/initrd ;;
28b5) zstd -dc /jkr/initrd ;;
*) cat /jkr/initrd ;;
esac | cpio -idm --no-absolute-filenames --quiet

list=etc/nv-update-initrd/list.d/modules
find . -path './lib/modules/*' -o -path './usr/lib/modules/*' | grep '\.ko' | sed 's,.*/,,; s,\.ko.*,,' >/tmp/names || true
[ ! -e "$list" ] || sed 's,.*/,,; s,\.ko.*,,; /^#/d; /^$/d' "$list" >>/tmp/names
top=lib
[ ! -L lib ] || top=usr/lib
rm -rf "$top/modules"
mkdir -p "$top/modules/$release"

: >/jkr/out/initrd.txt
sort -u /tmp/names | while read -r m; do
  at=$(cd "$new" && find . -name "$m.ko*" -type f | head -n 1)
  if [ "$at" ]; then
    mkdir -p "$top/modules/$release/$(dirname "$at")"
    cp "$new/$at" "$top/modules/$release/$at"
    echo "$m: replaced" >>/jkr/out/initrd.txt
  elif tr - _ <"$new/modules.builtin" | grep -q "/$(echo "$m" | tr - _)\.ko"; then
    echo "$m: built into this kernel, taken out" >>/jkr/out/initrd.txt
  else
    echo "$m: this kernel has it neither as a module nor built in" >>/jkr/out/initrd.txt
  fi
done
cat /jkr/out/initrd.txt
if grep -q 'neither' /jkr/out/initrd.txt; then exit 1; fi
[ -s /jkr/out/initrd.txt ] || echo "there was no module in it" >/jkr/out/initrd.txt

for f in modules.builtin modules.builtin.modinfo modules.order; do
  [ ! -e "$new/$f" ] || cp "$new/$f" "$top/modules/$release/"
done
depmod -b "$([ "$top" = lib ] && echo . || echo usr)" "$release" 2>/dev/null || depmod -b . "$release"
find . -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
find . | LC_ALL=C sort | cpio -o -H newc -R 0:0 --reproducible --quiet | gzip -n9 >"/jkr/out/$name"
