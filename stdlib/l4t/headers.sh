#!/bin/sh
# headers.sh PREFIX ARCH VERSION: the headers of /jkr/kernel and /jkr/headers for the target, as a tree and as a Debian package.
set -eu
prefix=$1 arch=$2 version=$3
release=$(cat /jkr/headers/include/config/kernel.release)
top=/jkr/out/tree/usr/src/linux-headers-$release
mkdir -p "$top" /jkr/out/package

# the files that `make deb-pkg` takes: of the source first, then what the build made
cd /jkr/kernel
{
  find . "arch/$arch" -maxdepth 1 -name 'Makefile*'
  find include scripts -type f -o -type l
  find "arch/$arch" -name Kbuild.platforms -o -name Platform
  find "arch/$arch" -path "*/include/*" -type f -o -path "*/scripts/*" -type f
} | sed 's,^\./,,' | sort -u | tar -cf - -T - | tar -xf - -C "$top"
# what ran on the build machine is compiled again below; here it would only be an "Exec format error" later
cd /jkr/headers
{
  find "arch/$arch/include" include scripts -type f
  printf '%s\n' .config Module.symvers System.map
} | sort -u | while read -r f; do
  case $f in scripts/*) if head -c 4 "$f" | grep -q ELF; then continue; fi ;; esac
  printf '%s\n' "$f"
done | tar -cf - -T - | tar -xf - -C "$top"

# the programs that a build of modules runs, for the target and without its libraries
program() {
  out=$1
  shift
  for f; do [ -e "$top/$f" ] || return 0; done
  (cd "$top" && "${prefix}gcc" -O2 -static -w -I "$(dirname "$out")" -Iscripts/include -Itools/include -o "$out" "$@")
}
cd "$top"
program scripts/basic/fixdep scripts/basic/fixdep.c
program scripts/mod/mk_elfconfig scripts/mod/mk_elfconfig.c
sumversion=
for f in modpost file2alias sumversion symsearch; do
  if [ -e "scripts/mod/$f.c" ]; then sumversion="$sumversion scripts/mod/$f.c"; fi
done
# shellcheck disable=SC2086
program scripts/mod/modpost $sumversion
program scripts/genksyms/genksyms scripts/genksyms/genksyms.c scripts/genksyms/parse.tab.c scripts/genksyms/lex.lex.c
program scripts/kallsyms scripts/kallsyms.c
program scripts/unifdef scripts/unifdef.c
if grep -q '^CONFIG_FTRACE_MCOUNT_USE_RECORDMCOUNT=y' .config; then program scripts/recordmcount scripts/recordmcount.c; fi

# every ELF program in the package is the target's, and those that every module needs are there
machine=$("${prefix}objdump" -f scripts/basic/fixdep | sed -n 's/^architecture: \([^,]*\).*/\1/p')
for f in scripts/basic/fixdep scripts/mod/modpost; do
  [ -x "$f" ] || { echo "headers.sh: $f was not built" >&2; exit 1; }
done
find scripts -type f -perm /111 | while read -r f; do
  head -c 4 "$f" | grep -q ELF || continue
  "${prefix}objdump" -f "$f" | grep -q "architecture: $machine" || { echo "headers.sh: $f is not for the target" >&2; exit 1; }
done
if grep -q '^CONFIG_MODVERSIONS=y' .config && [ ! -x scripts/genksyms/genksyms ]; then
  echo "headers.sh: the kernel has MODVERSIONS, and genksyms was not built" >&2
  exit 1
fi
# where the build lay means nothing on the target
rm -f source build
cp /jkr/kernel/Makefile Makefile

deb=/tmp/deb
mkdir -p "$deb/DEBIAN" "$deb/lib/modules/$release"
cp -a /jkr/out/tree/usr "$deb/"
ln -s "/usr/src/linux-headers-$release" "$deb/lib/modules/$release/build"
name=linux-headers-$(echo "$release" | tr 'A-Z_' 'a-z-')
cat >"$deb/DEBIAN/control" <<CONTROL
Package: $name
Version: $version
Architecture: $arch
Maintainer: nobody <nobody@localhost>
Section: kernel
Priority: optional
Depends: libc6
Description: headers of Linux $release
 What modules for this kernel are built against, on the machine itself.
CONTROL
find "$deb" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
chmod -R u+rwX,go+rX,go-w "$deb"
dpkg-deb --root-owner-group -Zxz -z2 --threads-max=1 --build "$deb" "/jkr/out/package/${name}_${version}_$arch.deb"
