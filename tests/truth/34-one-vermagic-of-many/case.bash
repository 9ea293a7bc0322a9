# 34: one vermagic of 4,000 differs
#
# The gate before flashing takes the first module that find gives, for all are of one build. One was left from the distribution's kernel.
# shellcheck disable=SC2016  # jkr's own words have backquotes
# shellcheck source=tests/truth/modules.bash
. "$TRUTH/modules.bash"

prepare() {
  kernel_says kernel
  mkdir modules
  module m0000.ko
  headers=$kernels/stock module m2718.ko
  vermagic=$(modinfo -F vermagic m0000.ko) stray=$(modinfo -F vermagic m2718.ko)
  perl -e 'local $/; open F, "<m0000.ko"; my $m = <F>; for (1 .. 4000) { my ($n, $o) = (sprintf("m%04d", $_), $m); $o =~ s/m0000/$n/g;
    open O, ">modules/$n.ko"; print O $o; close O }'
  mv m2718.ko modules
  rm m0000.ko
}

plain() {
  local first
  first=$(find modules -name '*.ko' | sort | sed -n 1p)
  shows 'the vermagic of the first module that find gives: it fits' [ "$(modinfo -F vermagic "$first")" = "$vermagic" ]
}

ours() {
  refuses E0701 recipe.lua 'mods, kernel' "1 module is built for \`$stray\`, but this kernel is \`$vermagic\`: \`m2718.ko\`" \
    '`preempt`, and lacks' '`preempt_rt`'
  rm modules/m2718.ko
  runs
  gives 'without it 3,999 modules are delivered' [ "$(find out -name '*.ko' | wc -l)" = 3999 ]
}
