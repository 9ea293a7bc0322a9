#!/bin/sh
# headers.sh PREFIX ARCH VERSION [TOP]: the headers of TOP/kernel and TOP/headers for the target, in TOP/out as a tree and as a Debian package.
set -eu
prefix=$1 arch=$2 version=$3 jkr=${4:-/jkr}
release=$(cat "$jkr/headers/include/config/kernel.release")
top=$jkr/out/tree/usr/src/linux-headers-$release
mkdir -p "$top" "$jkr/out/package"

# the files that `make deb-pkg` takes: of the source first, then what the build made
cd "$jkr/kernel"
{
  find . "arch/$arch" -maxdepth 1 -name 'Makefile*'
  find include scripts -type f -o -type l
  find "arch/$arch" -name Kbuild.platforms -o -name Platform
  find "arch/$arch" -path "*/include/*" -type f -o -path "*/scripts/*" -type f
} | sed 's,^\./,,' | sort -u | tar -cf - -T - | tar -xf - -C "$top"
# what ran on the build machine is compiled again below; here it would only be an "Exec format error" later
cd "$jkr/headers"
{
  find "arch/$arch/include" include scripts -type f
  [ ! -d tools ] || find tools -type f # objtool of x86, which looks at every object of a module; compiled with the kernel
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
find . \( -path './scripts/*' -o -path './tools/*' \) -type f -perm /111 | while read -r f; do
  head -c 4 "$f" | grep -q ELF || continue
  "${prefix}objdump" -f "$f" | grep -q "architecture: $machine" || { echo "headers.sh: $f is not for the target" >&2; exit 1; }
done
if grep -q '^CONFIG_MODVERSIONS=y' .config && [ ! -x scripts/genksyms/genksyms ]; then
  echo "headers.sh: the kernel has MODVERSIONS, and genksyms was not built" >&2
  exit 1
fi
# where the build lay means nothing on the target
rm -f source build
cp "$jkr/kernel/Makefile" Makefile

# Debian's name of the architecture, which is not the kernel's
case $arch in
  arm64) debian=arm64 ;;
  arm) case $prefix in *gnueabi-) debian=armel ;; *) debian=armhf ;; esac ;;
  riscv) debian=riscv64 ;;
  x86) if grep -q '^CONFIG_64BIT=y' .config; then debian=amd64; else debian=i386; fi ;;
  *) echo "headers.sh: what Debian calls $arch is not known here" >&2; exit 1 ;;
esac

deb=$(mktemp -d)
mkdir -p "$deb/DEBIAN" "$deb/lib/modules/$release"
cp -a "$jkr/out/tree/usr" "$deb/"
ln -s "/usr/src/linux-headers-$release" "$deb/lib/modules/$release/build"
name=linux-headers-$(echo "$release" | tr 'A-Z_' 'a-z-')
cat >"$deb/DEBIAN/control" <<CONTROL
Package: $name
Version: $version
Architecture: $debian
Maintainer: nobody <nobody@localhost>
Section: kernel
Priority: optional
Depends: libc6$([ ! -e "$top/tools/objtool/objtool" ] || echo ', libelf1')
Description: headers of Linux $release
 What modules for this kernel are built against, on the machine itself.
CONTROL
find "$deb" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
chmod -R u+rwX,go+rX,go-w "$deb"
dpkg-deb --root-owner-group -Zxz -z2 --threads-max=1 --build "$deb" "$jkr/out/package/${name}_${version}_$debian.deb"
rm -rf "$deb"
