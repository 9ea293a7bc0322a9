# 54: the time of the build in the image
#
# By __DATE__ and __TIME__, as drivers have it, and by a line of the makefile, as every kernel has it in `uname -v`.

plain() {
  make -s -C src && cp src/app first
  make -s -C src clean
  sleep 1.1
  make -s -C src
  shows 'make: exit 0 twice; the same sources, other bytes' no cmp -s first src/app
}

ours() {
  lints src/Makefile '(date)' 'the time of the build' 'SOURCE_DATE_EPOCH'
  differs 'make_in_container' '`app`: ' 'section .rodata' '(the time of the build)'
  mend src/Makefile '$$(date)' '$$(date -u -d @$$SOURCE_DATE_EPOCH)'
  clean
  equal 'with the date that jkr gives two builds are equal, __DATE__ and __TIME__ too'
}
