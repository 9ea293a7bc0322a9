# 45: headers whose programs are for the wrong machine
#
# The package of headers for the board holds scripts/basic/fixdep and modpost of the build machine. It is built, installed,
# and unpacked without a word; `Exec format error` comes when somebody builds a module on the board.
# shellcheck source=tests/truth/modules.bash
. "$TRUTH/modules.bash"

# programs FOLDER: Kbuild and its programs, from there
programs() {
  rm -rf "$there/scripts" "$there/tools"
  cp -a "$1"/{scripts,tools} "$there"
}

prepare() {
  headers=$kernels/arm64
  there=headers/usr/src/linux-headers-$(release)
  mkdir -p "$there"
  own_headers "$there"
  programs "$kernels/usr/lib/linux-kbuild-6.1"
}

plain() {
  mkdir headers/DEBIAN
  printf '%s\n' "Package: linux-headers-$(release)" 'Version: 1' 'Architecture: arm64' 'Maintainer: nobody <nobody@localhost>' \
    'Description: headers' >headers/DEBIAN/control
  dpkg-deb --root-owner-group --build headers headers.deb
  shows 'dpkg-deb: exit 0, a package for arm64 with programs for x86-64' [ "$(dpkg-deb -f headers.deb Architecture)" = arm64 ]
}

ours() {
  refuses E1304 recipe.lua 'file_check "programs"' "${there#headers/}/scripts/basic/fixdep\` is for x86_64, and arm64 is asked for" 'scripts/mod/modpost'
  # as `kernel_headers` does it: compiled for the board
  programs "$kernels/kbuild-arm64/usr/lib/linux-kbuild-6.1"
  runs
  gives 'compiled for the board they are delivered' test -e "out/${there#headers/}/scripts/basic/fixdep"
}
