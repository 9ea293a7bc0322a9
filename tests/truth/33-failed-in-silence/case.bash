# 33: a vendor's module failed, and make returned 0
#
# The vendor's makefile goes on when a part does not build (a dash before the line), so the camera is there and the lens is not: this kernel has
# no LENS_STEPS.
# shellcheck disable=SC2016  # jkr's own words have backquotes
# shellcheck source=tests/truth/modules.bash
. "$TRUTH/modules.bash"

prepare() { tar -cf headers.tar -C "$kernels" rt "$(readlink "$headers")" "$(cd "$kernels" && echo usr/src/*-common-rt)" usr/lib; }

plain() {
  make -C vendor KDIR="$headers" modules
  shows 'make: exit 0, and there is a module less' test -e vendor/camera/camera.ko -a ! -e vendor/lens/lens.ko
}

ours() {
  refuses E0318 recipe.lua 'outputs =' '`driver` did not make its output `lens.ko`'
  mend vendor/lens/lens.c LENS_STEPS 64
  runs
  gives 'with a number in its place both are delivered' \
    [ "$(modinfo -F vermagic out/camera.ko out/lens.ko | cut -d ' ' -f 1 | sort -u)" = "$(release)" ]
}
