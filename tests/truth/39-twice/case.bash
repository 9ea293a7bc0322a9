# 39: one module twice
#
# The kernel brings the driver in kernel/, the vendor's package another one in updates/. Which one is loaded says depmod's search order, and
# nobody asked for either.
# shellcheck disable=SC2016  # jkr's own words have backquotes
# shellcheck source=tests/truth/modules.bash
. "$TRUTH/modules.bash"

prepare() {
  kernel_says kernel
  module "root/lib/modules/$(release)/kernel/drivers/snd-soc-board.ko"
  module "root/lib/modules/$(release)/updates/snd_soc_board.ko"
}

plain() {
  indexed root
  shows 'depmod: exit 0, no word of it, and modprobe takes the one in updates/' \
    sh -c '[ ! -s words ] && modprobe -d root -S "$1" --show-depends snd_soc_board | grep -q updates/' - "$(release)"
}

ours() {
  refuses E0706 recipe.lua 'root, kernel' '1 module is there twice: `snd_soc_board`' 'kernel/drivers/snd-soc-board.ko' 'updates/snd_soc_board.ko'
  mend recipe.lua '-- replaces' 'replaces'
  runs
  gives 'where the recipe says which may be replaced, it is' test -e "out/lib/modules/$(release)/updates/snd_soc_board.ko"
}
