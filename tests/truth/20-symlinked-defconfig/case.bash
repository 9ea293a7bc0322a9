# 20: a defconfig that is a symlink
#
# The board's defconfig leads to that of another board. What is appended to it is in both; what sed -i writes is in neither's history.

prepare() {
  mkdir -p configs
  echo CONFIG_SMP=y >configs/old_defconfig
  ln -s old_defconfig configs/new_defconfig
}

plain() {
  echo CONFIG_PREEMPT_RT=y >>configs/new_defconfig
  shows 'echo >>: exit 0; the old board is PREEMPT_RT as well' grep -q PREEMPT_RT configs/old_defconfig
}

ours() {
  refuses E0205 recipe.lua 'kconfig_append {' '`configs/new_defconfig` is a symlink to `old_defconfig`' 'name the file that it points to: `configs/old_defconfig`'
  rm configs/new_defconfig
  cp configs/old_defconfig configs/new_defconfig
  runs
  gives 'a file of its own is appended to, and the other one is not' \
    sh -c 'grep -q PREEMPT_RT out/new_defconfig && ! grep -q PREEMPT_RT out/old_defconfig'
}
