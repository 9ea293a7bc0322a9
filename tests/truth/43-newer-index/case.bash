# 43: an index of a newer kmod
#
# The index was made by the build machine's depmod. The target's modprobe refuses a version that it does not know, and then no module is found.
# shellcheck source=tests/truth/modules.bash
. "$TRUTH/modules.bash"

prepare() {
  module root/lib/modules/6.12.5-board/kernel/camera.ko
  indexed root
  # what a kmod writes that comes after those of today
  printf '\3' | dd of=root/lib/modules/6.12.5-board/modules.dep.bin bs=1 seek=5 conv=notrunc status=none
}

plain() {
  shows 'modules.dep names it; modprobe on the target: not found' \
    sh -c 'grep -q camera.ko root/lib/modules/6.12.5-board/modules.dep && ! modprobe -d root -S 6.12.5-board --show-depends camera'
}

ours() {
  refuses E1306 recipe.lua 'module_check "installed"' 'modules.dep.bin` is an index of version 3.1' 'depmod'
  indexed root
  runs
  gives 'with the target'"'"'s own depmod it is delivered' test -e out/lib/modules/6.12.5-board/kernel/camera.ko
}
