# 33: a vendor's module failed, and make returned 0
#
# The vendor's makefile goes on when a part does not build (a dash before the line), so the camera is there and the lens is not.
# shellcheck disable=SC2016  # jkr's own words have backquotes

prepare() {
  mkdir vendor
  echo 'int camera;' >vendor/camera.c
  echo 'int lens = NO_SUCH_CONSTANT;' >vendor/lens.c
  printf 'modules: camera.ko\n\t-$(MAKE) lens.ko\n%%.ko: %%.c\n\t$(CC) -c -o $@ $<\n' >vendor/Makefile
}

plain() {
  make -C vendor modules
  shows 'make: exit 0, and there is a module less' test -e vendor/camera.ko -a ! -e vendor/lens.ko
}

ours() {
  refuses E0318 recipe.lua 'outputs =' '`driver` did not make its output `lens.ko`'
  echo 'int lens = 1;' >vendor/lens.c
  runs
  gives 'with the constant both are delivered' test -e out/camera.ko -a -e out/lens.ko
}
