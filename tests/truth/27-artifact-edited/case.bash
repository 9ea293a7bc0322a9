# 27: an artifact that is edited or deleted by hand
#
# Somebody tried something on the way to the board. It is newer than its sources, so it is up to date.

prepare() { cp -R "$TRUTH/tool" src; } # a program of two files, tool, which prints two numbers

plain() {
  make -s -C src
  sed -i 's/retries,/tries,  /' src/tool
  make -s -C src
  shows 'make: exit 0, nothing to do; what was edited by hand is shipped' [ "$(src/tool)" = '3 tries,   60 ms' ]
}

ours() {
  runs
  sed -i 's/retries,/tries,  /' out/tool
  runs
  gives 'an edited one is written again' [ "$(out/tool)" = '3 retries, 60 ms' ]
  rm out/tool
  runs
  gives 'and so is a deleted one' [ "$(out/tool)" = '3 retries, 60 ms' ]
}
