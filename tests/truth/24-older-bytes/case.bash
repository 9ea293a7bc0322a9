# 24: a file that goes back to what it was, with its older time
#
# The backup is put back with cp -p: it is older than what was built of the change.

prepare() { cp -R "$TRUTH/tool" src; } # a program of two files, tool, which prints two numbers

plain() {
  cp -p src/limits.h before.h
  sleep 0.1
  sed -i 's/60/90/' src/limits.h
  make -s -C src
  cp -p before.h src/limits.h
  make -s -C src
  shows 'make: exit 0, nothing to do; the tool has the change that was taken back' [ "$(src/tool)" = '3 retries, 90 ms' ]
}

ours() {
  cp -p src/limits.h before.h
  sed -i 's/60/90/' src/limits.h
  runs
  cp -p before.h src/limits.h
  mend src/tool.c '%d ms' '%d msec' # so that this was never built, and the build directory is used that was kept
  runs
  gives 'link.c is compiled again: the tool says 60 ms' [ "$(out/tool)" = '3 retries, 60 msec' ]
}
