# 57: parallelism
#
# Each rule appends what it made to one list, as makefiles of vendors do. Who is first depends on how many jobs there are and how fast each is.

plain() {
  make -s -C src -j1 && cp src/modules.order one
  make -s -C src clean
  make -s -C src -j2
  shows 'make -j1 and make -j2: exit 0; two orders of the modules' no cmp -s one src/modules.order
}

ours() {
  lints src/Makefile 'list of depmod' 'the order in which jobs end'
  differs 'make_in_container' '`modules.order`: ' 'the same words in another order' 'the order in which jobs end'
  perl -0pi -e 's/\n\techo \$\@ >>.*modules.order//g; s/all: /all: modules.order\n\nmodules.order: /; s/(modules.order: .*\n)/$1\tprintf "%s\\n" \$^ >\$\@\n/' src/Makefile
  clean
  equal 'where one rule writes the list, the number of jobs does not matter'
}
