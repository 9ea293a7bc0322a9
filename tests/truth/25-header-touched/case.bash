# 25: a header that was touched, and is what it was
#
# git checkout of another branch and back, an editor that saves: all that includes it is compiled again, on a kernel for an hour.

prepare() { cp -R "$TRUTH/tool" src; } # a program of two files, tool, which prints two numbers

plain() {
  make -s -C src
  sleep 0.1
  touch src/limits.h
  make -C src >made
  shows 'make: compiles everything again' [ "$(grep -c -e ' -c ' made)" = 2 ]
}

ours() {
  runs
  touch src/limits.h
  gives 'nothing to do' jkr plan recipe.lua --fail-if-changes
}
