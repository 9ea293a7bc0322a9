# 43: an index of a newer kmod
#
# The index was made by the build machine's depmod. The target's modprobe refuses a version that it does not know, and then no module is found.
# shellcheck source=tests/truth/modules.bash
. "$TRUTH/modules.bash"

prepare() {
  module "root/lib/modules/$(release)/kernel/camera.ko"
  indexed root
  # what a kmod writes that comes after those of today
  printf '\3' | dd of="root/lib/modules/$(release)/modules.dep.bin" bs=1 seek=5 conv=notrunc status=none
}

plain() {
  shows 'modules.dep names it; modprobe on the target: not found' \
    sh -c 'grep -q camera.ko "root/lib/modules/$1/modules.dep" && ! modprobe -d root -S "$1" --show-depends camera' - "$(release)"
}

ours() {
  refuses E1306 recipe.lua 'module_check "installed"' 'modules.dep.bin` is an index of version 3.1' 'depmod'
  indexed root
  runs
  gives 'with the target'"'"'s own depmod it is delivered' test -e "out/lib/modules/$(release)/kernel/camera.ko"
}
