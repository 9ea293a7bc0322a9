# 34: one vermagic of 4,000 differs
#
# The gate before flashing takes the first module that find gives, for all are of one build. One was left from the build before.
# shellcheck source=tests/truth/modules.bash
. "$TRUTH/modules.bash"

prepare() {
  kernel_says kernel MODVERSIONS
  mkdir modules
  module m0000.ko
  vermagic=${vermagic/preempt_rt/preempt} module m2718.ko
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
  refuses E0701 recipe.lua 'mods, release' '1 module is built for' 'm2718.ko' 'preempt_rt'
  rm modules/m2718.ko
  runs
  gives 'without it 3,999 modules are delivered' [ "$(find out -name '*.ko' | wc -l)" = 3999 ]
}
