# 36: the expected vermagic comes from the wrong module
#
# What the modules are to say is read from one of them, the first below the tree. That one lies in a staging folder of the distribution's
# packages, without PREEMPT_RT; the stock modules that were put in by mistake say the same, so they pass.
# shellcheck disable=SC2016  # jkr's own words have backquotes
# shellcheck source=tests/truth/modules.bash
. "$TRUTH/modules.bash"

prepare() {
  kernel_says kernel
  headers=$kernels/stock module kernel/debian/staging/dummy.ko
  headers=$kernels/stock module modules/camera.ko
}

plain() {
  local expected
  expected=$(modinfo -F vermagic "$(find kernel -name '*.ko' | sort | sed -n 1p)")
  shows 'modinfo of the first .ko below the kernel, compared with the module: equal' [ "$(modinfo -F vermagic modules/camera.ko)" = "$expected" ]
}

ours() {
  local right stray
  stray=$(modinfo -F vermagic modules/camera.ko)
  module right.ko
  right=$(modinfo -F vermagic right.ko)
  refuses E0701 recipe.lua 'mods, kernel' "1 module is built for \`$stray\`, but this kernel is \`$right\`: \`camera.ko\`" \
    "has \`${stray%% *}\` \`preempt\`, and lacks \`$(release)\` \`preempt_rt\`"
  module modules/camera.ko
  runs
  gives 'what is right comes from release and .config, whatever lies there' test -e out/camera.ko -a -e kernel/debian/staging/dummy.ko
}
