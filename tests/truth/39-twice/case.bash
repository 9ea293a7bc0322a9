# 39: one module twice
#
# The kernel brings the driver in kernel/, the vendor's package another one in updates/. Which one is loaded says depmod's search order, and
# nobody asked for either.
# shellcheck disable=SC2016  # jkr's own words have backquotes
# shellcheck source=tests/truth/modules.bash
. "$TRUTH/modules.bash"

prepare() {
  kernel_says kernel MODVERSIONS
  module root/lib/modules/6.12.5-board/kernel/drivers/snd-soc-board.ko
  module root/lib/modules/6.12.5-board/updates/snd_soc_board.ko
}

plain() {
  indexed root
  shows 'depmod: exit 0, no word of it, and modprobe takes the one in updates/' \
    sh -c '[ ! -s words ] && modprobe -d root -S 6.12.5-board --show-depends snd_soc_board | grep -q updates/'
}

ours() {
  refuses E0706 recipe.lua 'root, release' '1 module is there twice: `snd_soc_board`' 'kernel/drivers/snd-soc-board.ko' 'updates/snd_soc_board.ko'
  mend recipe.lua '-- replaces' 'replaces'
  runs
  gives 'where the recipe says which may be replaced, it is' test -e out/lib/modules/6.12.5-board/updates/snd_soc_board.ko
}
