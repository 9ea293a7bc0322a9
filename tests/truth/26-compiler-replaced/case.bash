# 26: a compiler that is replaced at its path
#
# The toolchain was updated in place. What it built before stays, and is linked with what it builds now.

prepare() { cp -R "$TRUTH/tool" src; } # a program of two files, tool, which prints two numbers

# compiler SCALE: the compiler that defines SCALE
compiler() {
  mkdir -p compiler
  printf '#!/bin/sh\nexec gcc -DSCALE=%s "$@"\n' "$1" >compiler/cc
  chmod +x compiler/cc
}

plain() {
  PATH=$PWD/compiler:$PATH
  compiler 1
  make -s -C src
  compiler 2
  make -s -C src
  shows 'make: exit 0, nothing to do; all is by the old compiler' [ "$(src/tool)" = '3 retries, 60 ms' ]
}

ours() {
  compiler 1
  runs
  compiler 2
  runs
  gives 'what the new compiler makes' [ "$(out/tool)" = '3 retries, 120 ms' ]
}
