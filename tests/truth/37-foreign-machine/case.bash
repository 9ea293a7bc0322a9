# 37: a module for x86 in a tree for arm64
#
# The vendor's makefile takes headers and compiler of the machine that it runs on, and installs what comes out.
# shellcheck source=tests/truth/modules.bash
. "$TRUTH/modules.bash"

prepare() {
  headers=$kernels/arm64
  kernel_says kernel
  updates=root/lib/modules/$(release)/updates
  CROSS_COMPILE=aarch64-linux-gnu- module "$updates/core.ko"
  headers=$kernels/rt module "$updates/camera.ko"
}

plain() {
  indexed root
  shows 'depmod: exit 0, and modprobe would load it' \
    grep -q camera.ko <(modprobe -d root -S "$(release)" --show-depends camera)
}

ours() {
  refuses E0703 recipe.lua 'root, kernel' '1 module is of another architecture (x86_64)' 'camera.ko'
  CROSS_COMPILE=aarch64-linux-gnu- module "$updates/camera.ko"
  runs
  gives 'with the cross compiler'"'"'s it is delivered' test -e "out/${updates#root/}/camera.ko"
}
