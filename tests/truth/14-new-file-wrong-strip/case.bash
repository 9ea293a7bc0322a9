# 14: a patch that makes a file, with the wrong -p
#
# A file that is made from /dev/null fits at every level: there is nothing to compare. With the wrong one it is put where no makefile looks.

plain() {
  patch -p0 <hello.patch
  shows 'patch -p0: exit 0; the driver lies in b/drivers' [ -e b/drivers/hello.c ]
}

ours() {
  mend recipe.lua '"hello.patch"' '"hello.patch", strip = 0'
  refuses E0506 recipe.lua hello.patch 'say strip = 1'
  mend recipe.lua 'strip = 0' 'strip = 2'
  refuses E0506 recipe.lua hello.patch 'say strip = 1'
  mend recipe.lua ', strip = 2' ''
  runs
  gives 'left to jkr it is drivers/hello.c' [ -e out/drivers/hello.c ]
}
