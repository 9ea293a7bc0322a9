# 21: an option that is changed after the first run
#
# make knows files and times, and nothing of the values that it was given the last time.

prepare() { cp -R "$TRUTH/tool" src; } # a program of two files, tool, which prints two numbers

plain() {
  make -s -C src RETRIES=3
  make -C src RETRIES=9
  shows 'make RETRIES=9: exit 0, nothing to do; the tool tries 3 times' [ "$(src/tool)" = '3 retries, 60 ms' ]
}

ours() {
  runs -D retries=3
  gives 'with retries=3 it is 3' [ "$(out/tool)" = '3 retries, 60 ms' ]
  runs -D retries=9
  gives 'with 9 it is 9' [ "$(out/tool)" = '9 retries, 60 ms' ]
}
