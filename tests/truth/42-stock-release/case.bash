# 42: the kernel has the release of the stock kernel
#
# Without a LOCALVERSION of its own the kernel has the distribution's release. Its modules go into the same folder: half of what lies there
# is then of another kernel, and depmod makes one index of both.
# shellcheck disable=SC2016  # jkr's own words have backquotes
# shellcheck source=tests/truth/modules.bash
. "$TRUTH/modules.bash"

# ours_is RELEASE: our kernel, the one with PREEMPT_RT, was built with this release, and its camera as well
ours_is() {
  echo "#define UTS_RELEASE \"$1\"" >own/include/generated/utsrelease.h
  sed -i "s/^override KERNELRELEASE = .*/override KERNELRELEASE = $1/" own/.kernelvariables
  headers=$PWD/own kernel_says kernel
  mkdir -p kernel/include/config
  echo "$1" >kernel/include/config/kernel.release
  # what the image's package would bring: where the kernel's symbols lie
  awk '$3 == "vmlinux" { print "0000000000000000 r __ksymtab_" $2 }' kernel/Module.symvers >kernel/System.map
  rm -rf ours
  headers=$PWD/own module "ours/lib/modules/$1/kernel/camera.ko" uses:i2c_register_driver
}

prepare() {
  own_headers own
  headers=$kernels/stock
  shared=lib/modules/$(release)
  module "stock/$shared/kernel/wifi.ko"
  module "stock/$shared/kernel/camera.ko"
  ours_is "$(release)"
}

plain() {
  cp -a stock root
  cp -a ours/. root
  indexed root
  shows 'cp, depmod: exit 0, and wifi.ko of the stock kernel is among ours' \
    sh -c '[ ! -s words ] && grep -q wifi "$1/modules.dep" && [ "$(modinfo -F vermagic "$1"/kernel/*.ko | sort -u | wc -l)" = 2 ]' - "root/$shared"
}

ours() {
  refuses E1313 recipe.lua 'depmod "modules"' "2 modules of another kernel with the release \`$(release)\` are there"
  mend recipe.lua 'beside = stock' '-- beside = stock'
  runs
  gives 'without `beside` our kernel is asked to take its place, and does' cmp "ours/$shared/kernel/camera.ko" "out/$shared/kernel/camera.ko"
  mend recipe.lua '-- beside' beside
  ours_is "$(release)-ours"
  runs
  gives 'with a localversion of its own each has its folder' \
    test -e "out/$shared/kernel/wifi.ko" -a -e "out/$shared-ours/kernel/camera.ko" -a -e "out/$shared-ours/modules.dep"
}
