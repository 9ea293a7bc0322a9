# 36: the expected vermagic comes from the wrong module
#
# What the modules are to say is read from one of them, the first below the tree. That one lies in a staging folder of the distribution's
# packages, from before PREEMPT_RT; the stock modules that were put in by mistake say the same, so they pass.
# shellcheck disable=SC2016  # jkr's own words have backquotes
# shellcheck source=tests/truth/modules.bash
. "$TRUTH/modules.bash"

prepare() {
  kernel_says kernel MODVERSIONS
  vermagic=${vermagic/preempt_rt/preempt}
  module kernel/debian/staging/dummy.ko
  module modules/camera.ko
}

plain() {
  local expected
  expected=$(modinfo -F vermagic "$(find kernel -name '*.ko' | sort | sed -n 1p)")
  shows 'modinfo of the first .ko below the kernel, compared with the module: equal' [ "$(modinfo -F vermagic modules/camera.ko)" = "$expected" ]
}

ours() {
  refuses E0701 recipe.lua 'mods, release' 'camera.ko' 'this kernel is `6.12.5-board SMP preempt_rt mod_unload modversions `' \
    'has `preempt`, and lacks `preempt_rt`'
  vermagic=${vermagic/preempt/preempt_rt} module modules/camera.ko
  runs
  gives 'what is right comes from release and .config, whatever lies there' test -e out/camera.ko -a -e kernel/debian/staging/dummy.ko
}
