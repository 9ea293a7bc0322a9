# 45: headers whose programs are for the wrong machine
#
# The package of headers for the board holds scripts/basic/fixdep and modpost as the build machine compiled them. It is built, installed,
# and unpacked without a word; `Exec format error` comes when somebody builds a module on the board.

prepare() {
  mkdir -p headers/usr/src/linux-headers-6.12.5/scripts/basic headers/usr/src/linux-headers-6.12.5/scripts/mod
  echo 'int main(void) { return 0; }' >fixdep.c
  gcc -o headers/usr/src/linux-headers-6.12.5/scripts/basic/fixdep fixdep.c
  gcc -o headers/usr/src/linux-headers-6.12.5/scripts/mod/modpost fixdep.c
  echo 'obj-m := x.o' >headers/usr/src/linux-headers-6.12.5/Makefile
}

plain() {
  mkdir headers/DEBIAN
  printf '%s\n' 'Package: linux-headers-6.12.5' 'Version: 1' 'Architecture: arm64' 'Maintainer: nobody <nobody@localhost>' \
    'Description: headers' >headers/DEBIAN/control
  dpkg-deb --root-owner-group --build headers headers.deb
  shows 'dpkg-deb: exit 0, a package for arm64 with programs for x86-64' [ "$(dpkg-deb -f headers.deb Architecture)" = arm64 ]
}

ours() {
  refuses E1304 recipe.lua 'file_check "programs"' 'scripts/basic/fixdep` is for x86_64, and arm64 is asked for' 'scripts/mod/modpost'
  # as `kernel_headers` does it: compiled again, for the board
  # shellcheck source=tests/truth/modules.bash
  . "$TRUTH/modules.bash"
  for_arm64 headers/usr/src/linux-headers-6.12.5/scripts/{basic/fixdep,mod/modpost}
  runs
  gives 'compiled for the board they are delivered' test -e out/usr/src/linux-headers-6.12.5/scripts/basic/fixdep
}
