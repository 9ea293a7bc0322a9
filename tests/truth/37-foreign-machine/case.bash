# 37: a module for x86 in a tree for arm64
#
# The vendor's makefile knows no CROSS_COMPILE: it takes the compiler of the machine that it runs on, and installs what comes out.
# shellcheck source=tests/truth/modules.bash
. "$TRUTH/modules.bash"

prepare() {
  kernel_says kernel MODVERSIONS
  sed -i 's/X86_64/ARM64/; /X86=y/d' kernel/.config
  vermagic+=aarch64
  mkdir -p root/lib/modules/6.12.5-board/updates
  module root/lib/modules/6.12.5-board/updates/core.ko
  for_arm64 root/lib/modules/6.12.5-board/updates/core.ko
  module root/lib/modules/6.12.5-board/updates/camera.ko
}

plain() {
  indexed root
  shows 'depmod: exit 0, and modprobe would load it' \
    grep -q camera.ko <(modprobe -d root -S 6.12.5-board --show-depends camera)
}

ours() {
  refuses E0703 recipe.lua 'root, release' '1 module is of another architecture (x86_64)' 'camera.ko'
  for_arm64 root/lib/modules/6.12.5-board/updates/camera.ko
  runs
  gives 'with the cross compiler'"'"'s it is delivered' test -e out/lib/modules/6.12.5-board/updates/camera.ko
}
