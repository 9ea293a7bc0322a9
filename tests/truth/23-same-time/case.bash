# 23: other bytes under the same name, size and time
#
# Archives, rsync -t, cp -p and checkouts in a container put times back.

prepare() { cp -R "$TRUTH/tool" src; } # a program of two files, tool, which prints two numbers

change() {
  touch -r src/limits.h stamp
  sed -i 's/60/90/' src/limits.h
  touch -r stamp src/limits.h
}

plain() {
  make -s -C src
  change
  make -s -C src
  shows 'make: exit 0, nothing to do; the tool still says 60 ms' [ "$(src/tool)" = '3 retries, 60 ms' ]
}

ours() {
  runs
  change
  runs
  gives 'the content counts: it says 90 ms' [ "$(out/tool)" = '3 retries, 90 ms' ]
}
