#!/bin/sh
# tree.sh ARCH [TOP]: what modules of the kernel in TOP/kernel, with what its build left in TOP/devel, are compiled
# against on any machine of the kind that it was built on: TOP/out/tree, in one folder, with the links that name it.
set -eu
arch=$1 jkr=${2:-/jkr}
release=$(cat "$jkr/devel/include/config/kernel.release")
top=$jkr/out/tree/usr/src/linux-headers-$release
links=$jkr/out/tree/lib/modules/$release
mkdir -p "$top" "$links"

# all that makefiles and headers say in the source, then what the build made of it, its programs too
cd "$jkr/kernel"
{
  find . "arch/$arch" -maxdepth 1 -name 'Makefile*' -o -maxdepth 1 -name 'Kbuild*'
  find include scripts -type f -o -type l
  find "arch/$arch" -name Platform -o -path '*/include/*' -type f -o -path '*/scripts/*' -type f
} | sed 's,^\./,,' | sort -u | tar -cf - -T - | tar -xf - -C "$top"
cd "$jkr/devel"
{
  find "arch/$arch/include" include scripts -type f
  [ ! -d tools ] || find tools -type f
  printf '%s\n' .config Module.symvers System.map
} | sort -u | tar -cf - -T - | tar -xf - -C "$top"
cp "$jkr/kernel/Makefile" "$top/Makefile"

# without these not one module is compiled, and make says so only in its own words
for f in scripts/basic/fixdep scripts/mod/modpost; do
  [ -x "$top/$f" ] || { echo "tree.sh: $f was not built" >&2; exit 1; }
done
for f in Module.symvers .config include/config/auto.conf include/generated/autoconf.h; do
  [ -e "$top/$f" ] || { echo "tree.sh: the kernel left no $f" >&2; exit 1; }
done
for name in build source; do ln -s "../../../usr/src/linux-headers-$release" "$links/$name"; done
