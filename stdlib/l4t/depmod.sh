#!/bin/sh
# depmod.sh NEWEST [MODULE…]: lib/modules/RELEASE with its indexes. NEWEST is the newest kmod that may write them; the modules
# named may be there twice, in kernel/ and outside.
set -eu
newest=$1
shift
release=$(cat /jkr/headers/include/config/kernel.release)

have=$(depmod --version | sed -n 's/^kmod version \([0-9]*\).*/\1/p')
if [ "${have:-0}" -gt "$newest" ] || [ -z "$have" ]; then
  echo "depmod.sh: kmod ${have:-?} writes indexes that the target's kmod cannot read: at most $newest" >&2
  exit 1
fi

cp -a /jkr/modules/lib .
for r in lib/modules/*; do
  [ "$r" = "lib/modules/$release" ] || { echo "depmod.sh: modules of another kernel: $r, and this one is $release" >&2; exit 1; }
done
bad=$(cd "lib/modules/$release" && find . -name '*.ko*' -type f | sed 's,.*/,,; s,\.ko.*,,' | tr - _ | sort | uniq -d | while read -r m; do
  allowed=
  for a; do if [ "$(echo "$a" | tr - _)" = "$m" ]; then allowed=1; fi; done
  [ "$allowed" ] || echo "$m"
done)
if [ "$bad" ]; then
  printf 'depmod.sh: there twice: %s\n' "$bad" >&2
  echo "depmod.sh: name them in \`replaces\` where the one outside the kernel is meant" >&2
  exit 1
fi

rm -f "lib/modules/$release/build" "lib/modules/$release/source"
# in a kernel with everything built in there is no modules.order of its own
depmod -b . -e -F /jkr/headers/System.map "$release" 2>depmod.log || { cat depmod.log >&2; exit 1; }
if grep -E 'needs unknown symbol|disagrees' depmod.log >&2; then exit 1; fi
rm depmod.log
ln -s "/usr/src/linux-headers-$release" "lib/modules/$release/build"
mkdir -p boot
cp /jkr/headers/System.map "boot/System.map-$release"
